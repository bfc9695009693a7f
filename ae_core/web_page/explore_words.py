"""What the browser's parts say that play with a network: `assets/javascript/explore`."""

from ae_core.figures.shared import Translate


def explore_words(translate: Translate = str) -> dict[str, str]:
    """All of it, by the names that the scripts know.

    Args:
        translate: Turns an English sentence into the reader's language.
    """
    parts = (_page, _plane, _code, _drawing, _values, _ways, _noise, _hidden, _layers)
    return {name: sentence for part in parts for name, sentence in part(translate).items()}


def _page(translate: Translate) -> dict[str, str]:
    return {
        "reading": translate("The network comes to your browser; the held-out images are encoded:"),
        "refused": translate("This network cannot be explored in a browser."),
        "by_worker": translate("The server computes it, since a browser cannot:"),
        "entries": translate(
            "The decoder only knows the entries of the codebook: each part of a code becomes the nearest one before it "
            "is decoded, so pictures change in jumps."
        ),
        "lost": translate("The network could not be fetched; the app is trying again."),
        "moment": translate("Step of the training that is looked at"),
        "moment_when": translate("step {step} · {number} of {count}"),
        "moment_follow": translate("Follow"),
        "moment_last": translate("Newest"),
        "save_png": translate("Save as PNG"),
        "save_svg": translate("Save as SVG"),
        "save_csv": translate("Save the numbers as CSV"),
        "unit": translate("code {number}"),
        "direction": translate("direction {number}"),
    }


def _plane(translate: Translate) -> dict[str, str]:
    return {
        "plane": translate("The plane of codes"),
        "plane_help": translate(
            "Plane of codes: drag, or move with the arrow keys; plus and minus zoom, 0 shows all of it, "
            "Enter goes to the nearest example."
        ),
        "plane_note": translate(
            "Drag anywhere, or use the arrow keys. Behind the points: what the decoder makes of each place. A click on "
            "a point shows its image."
        ),
        "behind": translate("Behind the points"),
        "behind_none": translate("nothing"),
        "across": translate("Across"),
        "up": translate("Up"),
        "tool_decode": translate("Decode"),
        "tool_rectangle": translate("Rectangle"),
        "tool_lasso": translate("Lasso"),
        "tool_move": translate("Move"),
        "nearer": translate("Zoom in"),
        "farther": translate("Zoom out"),
        "whole": translate("All"),
        "layout_plane": translate("Plane"),
        "layout_tsne": translate("t-SNE"),
        "layout_cancel": translate("Cancel"),
        "layout_share": translate("Laying out the codes: {share} %"),
        "layout_step": translate("Laid out as the codes lay at step {step}; press t-SNE again for this step."),
        "layout_lost": translate("The codes could not be laid out; try again in a moment."),
        "layout_axis": translate("t-SNE {number}"),
        "layout_note": translate(
            "t-SNE puts images beside each other whose codes are near. No code belongs to a place between the "
            "points, so nothing lies behind them, and the cross stands on the nearest image: drag, or use arrow keys."
        ),
        "contours": translate("Density"),
        "choose_class": translate("Choose a class"),
        "chosen": translate("Chosen images"),
        "chosen_none": translate("Click a point, draw a rectangle or a lasso around some, or choose a class."),
        "chosen_some": translate("{count} chosen."),
        "chosen_more": translate("{count} chosen; the first {shown} are shown."),
        "chosen_images": translate("Images, and their reconstructions below"),
        "mean_pixels": translate("mean of their pixels"),
        "mean_code": translate("mean of their codes, decoded"),
        "near": translate("Nearest in code space"),
        "near_pixels": translate("Nearest in pixels"),
    }


def _code(translate: Translate) -> dict[str, str]:
    return {
        "decoded": translate("This code, decoded"),
        "among": translate("Among the data: {distance} from the nearest code."),
        "edge": translate("At the edge of the data: {distance} from the nearest code."),
        "beyond": translate(
            "Far from all data: {distance} from the nearest code. The decoder never learnt this place."
        ),
        "nearest": translate("nearest image"),
        "cloud": translate("The encoder gives a cloud: ±{spread} around this code, averaged over its numbers."),
        "units": translate("Its numbers"),
        "along_units": translate("Numbers"),
        "along_directions": translate("Principal directions"),
    }


def _drawing(translate: Translate) -> dict[str, str]:
    return {
        "draw": translate("Draw"),
        "draw_help": translate("Draw with mouse, pen or finger."),
        "clear": translate("Clear"),
        "erase": translate("Eraser"),
        "take": translate("A test image"),
        "open": translate("From a file"),
        "photograph": translate("Camera"),
        "no_picture": translate("{name} is not a picture that this browser can read."),
        "fitted": translate("as the network sees it"),
        "made": translate("its reconstruction"),
        "ink": translate("Colour of a stroke"),
        "error": translate("Mean squared error {error}"),
    }


def _values(translate: Translate) -> dict[str, str]:
    return {
        "row_made": translate("decoded"),
        "yours": translate("given"),
        "column_lowest": translate("lowest value of a column"),
        "column_highest": translate("highest"),
        "time_across": translate("from left to right"),
        "labels_help": translate("Point at one, or use the arrow keys: its values stand at the right."),
        "what_if": translate("What if"),
        "what_if_note": translate(
            "Change a value: code and reconstruction follow. At the right, what the network is given → what comes out."
        ),
        "what_if_some": translate("{count} of {all} columns are listed: those that tell classes apart, or vary, most."),
        "curve": translate("value"),
        "sketch": translate("Draw a line"),
        "sketch_help": translate("Draw on a channel with mouse, pen or finger: code and reconstruction follow."),
        "spell": translate("Write a text"),
        "spell_help": translate("Write: code and reconstruction follow. The likelier, the darker."),
        "spell_unknown": translate("At most {count} letters, all of which the data have."),
    }


def _ways(translate: Translate) -> dict[str, str]:
    return {
        "between": translate("Between two"),
        "from": translate("From this code"),
        "to": translate("To this code"),
        "arc": translate("along an arc"),
        "share": translate("Where between the two"),
        "film_webp": translate("Film, WebP"),
        "film_gif": translate("Film, GIF"),
        "film_share": translate("Drawing the film: {share} %"),
        "film_lost": translate("The film could not be made; try again in a moment."),
        "codes_way": translate("codes"),
        "pixels_way": translate("pixels"),
        "samples": translate("Samples"),
        "sample": translate("New samples"),
        "temperature": translate("Temperature"),
        "walk": translate("Walk"),
        "walk_help": translate("Walk from sample to sample, or stop: the plane and the decoded image show the way."),
        "sample_note": translate(
            "This network has no prior that says where codes lie, so they are drawn from a mixture of up to ten normal "
            "distributions fitted to the codes of the held-out images; the temperature multiplies their spread. A "
            "click shows a sample's code."
        ),
        "prior_note": translate(
            "Codes drawn from the prior, a standard normal distribution; the temperature multiplies its spread. A "
            "click shows a sample's code."
        ),
    }


def _layers(translate: Translate) -> dict[str, str]:
    return {
        "layers": translate("Through the network"),
        "layers_note": translate(
            "What each layer makes of the image, from pixels to code to pixels: a cell for each number, orange above "
            "zero, blue below. Click one to see how it comes to its value."
        ),
        "layers_help": translate("Layer {name}: left and right arrow keys choose a unit."),
        "unit_said": translate("Layer {name}, unit {unit}: {value}."),
        "unit_sum": translate(
            "For: {for} … Against: {against} … All weighted inputs {weighted} + bias {bias} = {sum} → {activation} → "
            "{value}"
        ),
        "unit_without": translate("This layer has no weights: it rearranges or picks what it is given."),
        "unit_weights": translate("its weights"),
        "unit_inputs": translate("its inputs"),
        "unit_votes": translate("weight times input: for and against"),
        "unit_excited": translate("Images that excite it most"),
    }


def _hidden(translate: Translate) -> dict[str, str]:
    return {
        "hidden": translate("Hide patches yourself"),
        "hidden_help": translate("Press on a patch to hide it, or to show it again; drag over several."),
        "hidden_share": translate("Hidden share"),
        "hidden_seen": translate("what the network sees"),
        "hidden_made": translate("what it paints"),
        "hidden_said": translate("Hidden patches: {count} of {all}; mean squared error {error}."),
        "stretches": translate("Hide stretches yourself"),
        "stretches_said": translate("Hidden stretches: {count} of {all}; mean squared error {error}."),
        "stretches_help": translate(
            "Press on a stretch to hide it, or to show it again; drag over several. The dotted line is the whole "
            "series."
        ),
    }


def _noise(translate: Translate) -> dict[str, str]:
    return {
        "noise": translate("Damaged and mended"),
        "noise_factor": translate("Noise factor"),
        "other_noise": translate("Other noise"),
        "clean": translate("clean"),
        "damaged": translate("damaged"),
        "mended": translate("mended"),
        "noise_said": translate("Mean squared error {before} before, {after} after."),
        "noise_curve": translate("Error against noise"),
        "noise_note": translate("Mean squared error of held-out images, beyond the noise of the training too."),
        "trained_with": translate("trained with {factor}"),
    }
