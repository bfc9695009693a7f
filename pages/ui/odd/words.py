"""What the section says, in the reader's language: `assets/javascript/odd` fills in numbers and names."""

from collections.abc import Mapping

from ae_core.messages import Setup
from pages.ui.words.language import _
from pages.ui.words.nouns import of_setup


def words(setup: Setup) -> Mapping[str, str]:
    """Sentences by name, with places for numbers and names in braces.

    Args:
        setup: The run's setup message, which says what its examples are.
    """
    say = of_setup(setup)
    return {
        "title": _("Which of these is odd?"),
        "about": _(
            "Scores every test example by how badly this network reconstructs it, and shows beside it what simpler "
            "methods say of the same examples."
        ),
        "learnt_from": _("This network has learnt from {classes} only."),
        "learnt_from_all": _("This network has learnt from all classes."),
        "odd_are": _("Odd are: {classes}."),
        "odd_none": _("Press the classes that are normal; all others are then odd."),
        "odd_nobody": _("All classes count as normal, so none is odd."),
        "normal": _("Normal"),
        "normal_help": _("The classes that count as normal; all others are odd. None: nothing is judged."),
        "normal_place": _("classes, with commas between them"),
        "find": _("Find the odd ones"),
        "cancel": _("Cancel"),
        "working": _("Looking … {percent} %"),
        "nobody": _("The app does not answer; try again in a moment."),
        "by": _("Score"),
        "rule": _("Threshold"),
        "rule_quantile": _("by quantile of normal examples"),
        "rule_f1": _("by F1"),
        "rule_cost": _("by cost"),
        "rule_hand": _("by hand"),
        "quantile": _("Quantile"),
        "cost": _("A missed one costs as much as … false alarms"),
        "chosen_on": _(
            "The threshold is chosen on {normal} normal and {odd} odd validation examples, none of which was trained "
            "on. The test set, which is shown here, only judges it."
        ),
        "chosen_normal": _(
            "The threshold is chosen on {normal} normal validation examples; the test set, shown here, only judges it."
        ),
        "no_odd": _("F1 and cost need odd validation examples: train with only some classes as normal."),
        "kinds": _("Normal and odd"),
        "classes": _("By class"),
        "histogram": _("Scores of {count} test examples: {unit}"),
        "unit_error": say("mean squared error per pixel"),
        "unit_distance": _("Mahalanobis distance from the training codes"),
        "unit_bound": say("nats per image"),
        "unit_pca": say("mean squared error per pixel"),
        "unit_knn": _("distance to the fifth-nearest training example"),
        "unit_isolation_forest": _("0 to 1, higher where few random cuts separate it from all others"),
        "unit_one_class_svm": _("without unit, higher where fewer training examples are alike"),
        "drag": _("Threshold: drag it, or use the arrow keys"),
        "group_normal": _("normal"),
        "group_odd": _("odd"),
        "group_all": _("all"),
        "roc": _("ROC"),
        "pr": _("Precision and recall"),
        "false_share": _("false alarms, share of normal"),
        "hit_share": _("found, share of odd"),
        "precision": _("precision"),
        "recall": _("recall"),
        "area": _("{value} ({low}–{high})"),
        "called_odd": _("called odd"),
        "called_normal": _("called normal"),
        "confusion": _("At this threshold"),
        "f1_now": _("F1 {value}, precision {precision}, recall {recall}"),
        "above": _("Test examples above it: {count} of {total}."),
        "none_above": _("The threshold lies above all of them; drag it to the left to find some."),
        "oddest": _("The oddest"),
        "plainest": _("The least odd"),
        "example": _("Test example {row}"),
        "example_of": _("Test example {row} ({name})"),
        "file_row": _("Row {row} of the file"),
        "file_row_of": _("Row {row} of the file ({name})"),
        "file_example": _("Example {row} of the file"),
        "file_example_of": _("Example {row} of the file ({name})"),
        "rows_counted": _("Rows are counted as a spreadsheet counts them: the line of column names, if any, is row 1."),
        "tests_counted": _("Test examples are counted from 0."),
        "examples_counted": _("Examples are counted from 0, in the order of the file."),
        "error_value": _("MSE {value}"),
        "feature": _("{name}: {value}, expected {expected} ({share} %)"),
        "feature_category": _("{name}: {category}, expected {guess} ({share} %)"),
        "feature_unsure": _("{name}: {category}, which the network is not sure of ({share} %)"),
        "feature_new": _("{name}: none of the known categories, expected {guess} ({share} %)"),
        "picture": _("The example, its reconstruction, and where its error lies: brighter is more."),
        "curve": _("The row as a curve, its reconstruction, and where its error lies: brighter is more."),
        "curves": _("The channel with the largest error, its reconstruction, and where that lies: brighter is more."),
        "listed": _(
            "What makes each row odd: the value, what the network expects, and the column's share of the error."
        ),
        "detector": _("Detector"),
        "auc": _("Area under ROC, 95 % interval"),
        "ap": _("Average precision, 95 % interval"),
        "rows": _("Learnt from"),
        "how": _(
            "Intervals: DeLong's for areas under ROC, a bootstrap of 1,000 draws for average precision. {count} test "
            "examples, {odd} of them odd."
        ),
        "error": _("Reconstruction error"),
        "distance": _("Distance of codes"),
        "bound": _("Negative ELBO"),
        "pca": _("PCA, code of the same size"),
        "knn": _("Nearest neighbours"),
        "isolation_forest": _("Isolation forest"),
        "one_class_svm": _("One-class SVM"),
        "unjudged": _("Nothing says which of these are odd and which are not, so there is nothing to judge."),
        "learnt_all": _(
            "This network has also learnt from classes that are called odd here; trained on the normal ones alone it "
            "may do better."
        ),
        "verdict_rival": _(
            "A simpler method tells odd from normal better than this network's reconstruction error: {theirs} "
            "({rival}) against {ours}, which is more than chance explains (p {p})."
        ),
        "verdict_maybe_rival": _(
            "A simpler method has a larger area than this network's reconstruction error, {theirs} ({rival}) against "
            "{ours}, but chance may explain that (p {p})."
        ),
        "verdict_own": _(
            "This network's reconstruction error tells odd from normal better than all four rivals: its area is "
            "{ours}, the next {theirs} ({rival}; p {p})."
        ),
        "verdict_maybe_own": _(
            "This network's reconstruction error has a larger area, {ours}, than all four rivals, but the next, "
            "{theirs} ({rival}), is so close that chance may explain it (p {p})."
        ),
        "verdict_other_best": _("Another score of this network does best of all here: {score}, {value}."),
        "verdict_other": _("Of this network's own scores another one does best here: {score}, {value}."),
        "verdict_worse": _(
            "Odd examples have smaller reconstruction errors than normal ones here: that score finds nothing."
        ),
        "scores_csv": _("Scores as CSV"),
        "fresh_title": _("Your file"),
        "fresh": _("Examples of {name} above the threshold of the reconstruction error: {above} of {count}."),
        "fresh_find": _("Find the odd ones above first: their threshold judges this file too."),
        "fresh_csv": _("Its scores as CSV"),
    }
