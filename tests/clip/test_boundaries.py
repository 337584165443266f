"""How near a segmentation is to the true one: values worked out by hand on the definitions."""

from benchmarks.boundaries import exact_f1, met, pk, pure, window_diff


def test_what_is_the_same_is_no_error() -> None:
    assert pk([4, 4, 4], [4, 4, 4]) == 0
    assert window_diff([4, 4, 4], [4, 4, 4]) == 0
    assert exact_f1([([4, 4, 4], [4, 4, 4])]) == 1


def test_a_lost_bound_spoils_the_pairs_across_it() -> None:
    # 12 units, k = 2: ten pairs, of which (6, 8) and (7, 9) lie across the bound that is lost.
    assert pk([4, 4, 4], [4, 8]) == 0.2
    assert window_diff([4, 4, 4], [4, 8]) == 0.2
    assert exact_f1([([4, 4, 4], [4, 8])]) == 2 / 3


def test_window_diff_counts_a_bound_too_many_that_pk_does_not_see() -> None:
    # k = 3, nine pairs. True: those from 3 to 5 are parted. Guessed, at 5 and 7: those from 2 to 6, and 4 twice.
    assert pk([6, 6], [5, 2, 5]) == 2 / 9
    assert window_diff([6, 6], [5, 2, 5]) == 3 / 9


def test_a_near_miss_costs_less_than_a_far_one() -> None:
    assert pk([6, 6], [5, 7]) == 2 / 9
    assert pk([6, 6], [3, 9]) == 6 / 9


def test_exact_f1_is_over_all_talks_together() -> None:
    # Cuts at 4 and 6, of which one is true; true bounds at 4 and 8, and 5 in a talk that was left whole.
    assert exact_f1([([4, 4, 4], [4, 2, 6]), ([5, 5], [10])]) == 2 * 1 / (2 + 3)


def test_a_bound_is_met_one_unit_away_and_not_two() -> None:
    assert met([4, 4, 4], [5, 5, 2]) == (1, 2)


def test_a_clip_is_pure_when_nine_tenths_of_its_words_are_of_one_topic() -> None:
    words = [9, 1, 5, 5]

    assert pure([1, 3], [2, 2], words) == (2, 2)
    assert pure([1, 3], [3, 1], words) == (1, 2)
