"""All thresholds of the diagnosis, each with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """All thresholds. Measured on digits and MNIST with rates from 1e-6 to 1, see the tests."""

    # A curve of fewer points or epochs says nothing: the first steps of a network tell of its random start.
    least_points: int = 8
    least_epochs: float = 4.0

    # Validation loss above its lowest throughout the newest fifth of the curve, as a share of what lies above the
    # floor. Good trainings stay below 1 %; those on 20 or 50 images reach 12 to 47 %.
    over_fitting_rise: float = 0.03

    # Loss now against its lowest so far: a training that recovers from a bad step is back below this.
    diverged: float = 1.5
    # Typical jump between points of the second half, as a share of what lies above the floor; how many times longer the
    # way is than the progress made on it; share of the jumps that go up. Good rates stay below 2 % or go on down.
    rough_jump: float = 0.02
    rough_detour: float = 4.0
    rough_ups: float = 0.3
    # A loss that fell by less than this share of what lies above the floor, from the second quarter of the curve to the
    # newest, has stopped; good rates have 20 % and more until late.
    stopped_fall: float = 0.05
    # It has stopped too early where PCA's loss lies clearly lower. The mean image of digits costs 1.3 times as much as
    # PCA with two components, from the floor on.
    stopped_above: float = 1.2
    # Rates from which a stop is blamed on the rate. Plain gradient descent is not among them: the gradient of a mean
    # over pixels is small, and 1 is not too much for it.
    high_rates: tuple[tuple[str, float], ...] = (("adam", 0.02), ("rmsprop", 0.02))

    # Second half of the way against the first half: about 1 on a straight line, 0.1 and less where learning slows down.
    straight: float = 0.5
    # Rates up to which a creeping loss is blamed on the rate; above, something else holds it back.
    low_rates: tuple[tuple[str, float], ...] = (("adam", 0.001), ("rmsprop", 0.001), ("sgd", 0.5))
    # Fall per epoch, as a share of what lies above the floor.
    slow_fall: float = 0.02

    # Within 2 % of PCA's error is the same error; 10 % less can be seen in the pictures.
    like_pca: float = 0.98
    found_pca: float = 1.05  # a linear network comes as near as its last steps are small
    far_from_pca: float = 1.5  # then it is not a question of bends
    better_than_pca: float = 0.9
    # Fall over the newest third of the curve, from which some more epochs are worth their time.
    unfinished_fall: float = 0.07
    # Below this PCA rebuilds the image as it is (its code is as large as the data), and nothing can be better.
    perfect_mse: float = 1e-5

    # The code of Burda et al. 2016 counts a variance of the mean below 0.01 as none; a KL that small says as little.
    collapsed_nats: float = 0.01
    # All dimensions start near zero: so many steps give each a chance.
    settled_steps: int = 500
    collapse_share: float = 0.5  # more than half of the code: too high a price
    most_named: int = 6  # dimensions listed by number

    # One unit in four at rest is seen with good rates too (ReLU); where it is more than half, the pictures suffer.
    active_share: float = 0.7
    few_active: float = 0.5
    codebook_share: float = 0.1
    # For ρ = 0.05, 256 units end at 0.19 on digits with the weight that the form begins with, at 0.09 with ten times
    # that and at 0.06 with a hundred times.
    at_rest: float = 2.0
    # KL counts as rising where it is a tenth above what it was a third of the curve ago, and can be seen beside the
    # reconstruction error.
    kl_rise: float = 1.1
    kl_seen: float = 0.01
    # A floor is worth a word where most of the loss is floor.
    floor_share: float = 0.7

    # Examples whose values spread by less than this share of their size are the same in numbers of 32 bits.
    alike: float = 2e-7
    # A value so many interquartile ranges beyond the quartiles of its column. The largest of a million normal ones lies
    # 3 beyond them, of 400 log-normal ones, as incomes are, some 13, and of the built-in tables 17 (`breast_cancer`).
    outlier_ranges: float = 20.0
    # Standardised values have a mean of 0 and a deviation of 1; waves and noise are near that by themselves.
    far: float = 10.0  # from 0
    uncentred: float = 10.0  # deviations from 0
    wide: float = 10.0
    narrow: float = 0.05

    # Test error as a share of the mean picture's, from which nothing but the mean is learnt. PCA with one component
    # leaves 0.9 of it on MNIST.
    same_picture: float = 0.97
    # Training error as a share of the validation error, above the floor: below this the network does learn, by heart.
    # Random vectors that are learnt so end at 0.5 and less; where only the mean picture is painted it is 0.99 to 1.03.
    by_heart: float = 0.9
    # Steps of an epoch up to which a smaller batch is the advice: 300 pictures of one's own make one, digits ten.
    few_steps: float = 5.0
    # A penalty that never cost this share of the error is not what keeps a network from learning.
    felt_penalty: float = 0.05
    # Share of black pixels from which to count right pixels misleads: 0.81 on MNIST, 0.5 on Fashion-MNIST.
    mostly_black: float = 0.5
    # Share of the mean picture's error: on digits a variational code of two numbers leaves 0.7 of it, one of 16 0.33.
    blurred: float = 0.3
    # Where at most this share is left images come back well. An error upside down below so many times that of upright
    # images then tells of a mere copy: 1.4 with a linear code of 512 on digits, 1.6 and more with what is good.
    learnt: float = 0.15
    turned: float = 1.45

    # Validation loss below the training loss by this share of what lies above the floor.
    validation_gap: float = 0.03

    # A sweep: so many code sizes; the error falls by this share at least; the bend is where this share of the fall is
    # still to come, and sizes go on to so many times the one at the bend.
    least_sizes: int = 4
    sweep_gain: float = 0.2
    bend: float = 0.1
    beyond_bend: float = 2.0


LIMITS = Limits()
