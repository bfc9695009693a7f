"""The words of the Explore page's component."""

from pages.ui.words.language import _


def words() -> dict[str, str]:
    """All words, in the reader's language, by the names that `assets/javascript/explore` knows them by."""
    return {**_page(), **_plane(), **_code(), **_drawing(), **_ways(), **_noise()}


def _page() -> dict[str, str]:
    return {
        "reading": _("The network comes to your browser; the held-out images are encoded:"),
        "refused": _("This network cannot be explored in a browser."),
        "lost": _("The network could not be fetched. It is tried again."),
        "save_png": _("Save as PNG"),
        "save_svg": _("Save as SVG"),
        "save_csv": _("Save the numbers as CSV"),
        "unit": _("code {number}"),
        "direction": _("direction {number}"),
    }


def _plane() -> dict[str, str]:
    return {
        "plane": _("The plane of codes"),
        "plane_help": _("Plane of codes: drag, or move with the arrow keys; plus and minus zoom, 0 shows all of it."),
        "plane_note": _(
            "Drag anywhere, or use the arrow keys. Behind the points: what the decoder makes of each place. A click on "
            "a point shows its image."
        ),
        "across": _("Across"),
        "up": _("Up"),
        "tool_decode": _("Decode"),
        "tool_rectangle": _("Rectangle"),
        "tool_lasso": _("Lasso"),
        "tool_move": _("Move"),
        "nearer": _("Zoom in"),
        "farther": _("Zoom out"),
        "whole": _("All"),
        "contours": _("Density"),
        "choose_class": _("Choose a class"),
        "chosen": _("Chosen images"),
        "chosen_none": _("Click a point, draw a rectangle or a lasso around some, or choose a class."),
        "chosen_some": _("{count} chosen."),
        "chosen_more": _("{count} chosen; the first {shown} are shown."),
        "chosen_images": _("Images, and their reconstructions below"),
        "mean_pixels": _("mean of their pixels"),
        "mean_code": _("mean of their codes, decoded"),
        "near": _("Nearest in code space"),
        "near_pixels": _("Nearest in pixels"),
    }


def _code() -> dict[str, str]:
    return {
        "decoded": _("This code, decoded"),
        "among": _("Among the data: {distance} from the nearest code."),
        "edge": _("At the edge of the data: {distance} from the nearest code."),
        "beyond": _("Far from all data: {distance} from the nearest code. The decoder never learnt this place."),
        "nearest": _("nearest image"),
        "cloud": _("The encoder means a cloud: ±{spread} about this code, mean over its numbers."),
        "units": _("Its numbers"),
        "along_units": _("Numbers"),
        "along_directions": _("Principal directions"),
    }


def _drawing() -> dict[str, str]:
    return {
        "draw": _("Draw"),
        "draw_help": _("Draw with mouse, pen or finger."),
        "clear": _("Clear"),
        "erase": _("Eraser"),
        "take": _("A test image"),
        "open": _("From a file"),
        "photograph": _("Camera"),
        "no_picture": _("{name} is not a picture that this browser can read."),
        "fitted": _("as the network sees it"),
        "made": _("its reconstruction"),
        "error": _("Mean squared error {error}"),
    }


def _ways() -> dict[str, str]:
    return {
        "between": _("Between two"),
        "from": _("From this code"),
        "to": _("To this code"),
        "arc": _("along an arc"),
        "share": _("Where between the two"),
        "codes_way": _("codes"),
        "pixels_way": _("pixels"),
        "samples": _("Samples"),
        "sample": _("New samples"),
        "temperature": _("Temperature"),
        "sample_note": _(
            "Codes drawn from a normal distribution fitted to those of the held-out images; the temperature multiplies "
            "its spread. A click shows a sample's code."
        ),
        "prior_note": _(
            "Codes drawn from the prior, a standard normal distribution; the temperature multiplies its spread. A "
            "click shows a sample's code."
        ),
    }


def _noise() -> dict[str, str]:
    return {
        "noise": _("Damaged and mended"),
        "noise_factor": _("Noise factor"),
        "other_noise": _("Other noise"),
        "clean": _("clean"),
        "damaged": _("damaged"),
        "mended": _("mended"),
        "noise_said": _("Mean squared error {before} before, {after} after."),
        "noise_curve": _("Error against noise"),
        "noise_note": _("Mean squared error of held-out images, beyond the noise of the training too."),
        "trained_with": _("trained with {factor}"),
    }
