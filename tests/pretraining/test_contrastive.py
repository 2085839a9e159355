"""The contrastive loss on classes and groups."""

import pytest
import torch
from torch.nn import functional

from kikimimi.pretraining.contrastive import ContrastiveConfig, ContrastiveLoss

_GROUPING = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]])


def _loss(**settings: float) -> ContrastiveLoss:
    return ContrastiveLoss(_GROUPING, 3, ContrastiveConfig(**settings))


def _points(count: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return functional.normalize(torch.randn(count, 3, generator=generator), dim=1)


def _one_hot(*classes: int) -> torch.Tensor:
    return functional.one_hot(torch.tensor(classes), 4).float()


def test_with_classes_alone_it_is_the_loss_of_the_paper() -> None:
    """Oracle: eq. 2 of Khosla et al. term by term."""
    classes = (0, 0, 1, 1, 0)
    points = _points(5)
    found = _loss(class_share=1.0, temperature=0.5, queue_size=4)(points, _one_hot(*classes))
    terms = []
    for i in range(5):
        others = [j for j in range(5) if j != i]
        total = sum(torch.exp(points[i] @ points[j] / 0.5) for j in others)
        positives = [j for j in others if classes[j] == classes[i]]
        shares = [torch.log(torch.exp(points[i] @ points[j] / 0.5) / total) for j in positives]
        terms.append(-sum(shares) / len(positives))
    torch.testing.assert_close(found, sum(terms) / 5)


def test_groups_pull_classes_of_one_group_together() -> None:
    points = torch.eye(3)[[0, 1, 2]].requires_grad_()
    _loss(class_share=0.0)(points, _one_hot(0, 1, 2)).backward()
    towards = -points.grad[0]
    assert towards[1] > 0 > towards[2]


def test_the_queue_serves_later_batches_and_is_saved() -> None:
    loss = _loss(queue_size=4)
    loss(_points(3), _one_hot(0, 1, 2))
    copy = _loss(queue_size=4)
    copy.load_state_dict(loss.state_dict())
    batch = (_points(2, seed=1), _one_hot(0, 3))
    alone = _loss(queue_size=4)(*batch)
    after = loss(*batch)
    assert not torch.allclose(alone, after)
    torch.testing.assert_close(copy(*batch), after)
    torch.testing.assert_close(loss.queue[:2], batch[0])


def test_no_labelled_clip_gives_zero_and_a_gradient() -> None:
    points = _points(2).requires_grad_()
    value = _loss()(points[:0], torch.zeros(0, 4))
    value.backward()
    assert value == 0


@pytest.mark.parametrize("classes", [(0,), (0, 3)])
def test_clips_that_belong_to_nothing_else_give_a_finite_loss(classes: tuple[int, ...]) -> None:
    points = _points(len(classes)).requires_grad_()
    value = _loss(queue_size=2)(points, _one_hot(*classes))
    value.backward()
    assert torch.isfinite(value)
    assert torch.isfinite(points.grad).all()
