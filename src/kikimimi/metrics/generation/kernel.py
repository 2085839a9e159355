"""The kernel audio distance. Axes: n, m clips; D embedding size."""

from kikimimi.metrics.distribution import Cloud, median_distance, squared_mmd

_SCALE = 100.0


def kernel_audio_distance(
    reference: Cloud, made: Cloud, *, bandwidth: float | None = None
) -> float:
    """KAD of embeddings (n, D) and (m, D): 100 times the unbiased squared MMD, Gaussian kernel.

    Chung et al., "KAD: no more FAD! An effective and efficient evaluation metric for audio
    generation", ICML 2025. The bandwidth is the median distance within the reference set, so that
    systems judged against one set are judged by one kernel. (The authors' program takes it from the
    generated set.) Being unbiased, it may be a little negative for sets of one distribution.

    Args:
        reference: (n, D), n >= 2.
        made: (m, D), m >= 2.
        bandwidth: of the kernel; None takes the median distance.

    Raises:
        ValueError: the sets do not fit together, or the bandwidth is not positive.
    """
    width = median_distance(reference) if bandwidth is None else bandwidth
    return _SCALE * squared_mmd(reference, made, bandwidth=width, unbiased=True)
