"""A local language model of `transformers` that puts the same facts into words.

The model lies in a folder as `save_pretrained` writes it; nothing is fetched, and no code from the
folder is run. It is asked without chance (greedily), so that a sound gives the same sentence each
time. Needs `pip install "kikimimi[text]"`.
"""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from kikimimi.encoders.vocabulary import Language
from kikimimi.errors import EncoderError
from kikimimi.tasks.captioning.facts import SoundFacts
from kikimimi.tasks.captioning.sentences import caption

_MOST_NEW_TOKENS = 64
_ENDS = ".。!！?？"


class LanguageModel:
    """A causal language model in a folder.

    Args:
        folder: with config.json, safetensors and the tokeniser.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._model: Any = None
        self._tokenizer: Any = None

    def load(self) -> Self:
        """Read tokeniser and model, once.

        Raises:
            EncoderError: `transformers` is not installed, or the folder holds no causal model.
        """
        if self._model is None:
            self._tokenizer = self._read("AutoTokenizer")
            self._model = self._read("AutoModelForCausalLM", use_safetensors=True).eval()
        return self

    def caption(self, facts: SoundFacts, language: Language) -> str:
        """The first sentence that the model says; the plain caption if it says none.

        Raises:
            EncoderError: the model is not loaded.
        """
        import torch

        if self._model is None:
            raise EncoderError(f"{self._folder}: the model is not loaded; call load() first")
        plain = caption(facts, language)
        tokens = self._tokens(prompt(facts, plain, language))
        with torch.inference_mode():
            said = self._model.generate(
                **tokens,
                max_new_tokens=_MOST_NEW_TOKENS,
                do_sample=False,
                pad_token_id=self._tokenizer.pad_token_id or self._tokenizer.eos_token_id or 0,
            )
        new = said[0, tokens["input_ids"].shape[1] :]
        text = self._tokenizer.decode(new, skip_special_tokens=True)
        return first_sentence(text) or plain

    def _tokens(self, text: str) -> Any:
        if getattr(self._tokenizer, "chat_template", None):
            text = self._tokenizer.apply_chat_template(
                [{"role": "user", "content": text}], tokenize=False, add_generation_prompt=True
            )
        tokens = self._tokenizer(text, return_tensors="pt", return_token_type_ids=False)
        most = self._most_tokens() - _MOST_NEW_TOKENS
        return {name: values[:, -most:] for name, values in tokens.items()}

    def _most_tokens(self) -> int:
        positions = getattr(self._model.config, "max_position_embeddings", None) or 2048
        return max(int(positions), _MOST_NEW_TOKENS + 1)

    def _read(self, kind: str, **options: Any) -> Any:
        try:
            import transformers
        except ImportError:
            raise EncoderError(
                'a language model needs transformers; install it with pip install "kikimimi[text]"'
            ) from None
        try:
            return getattr(transformers, kind).from_pretrained(
                self._folder, local_files_only=True, trust_remote_code=False, **options
            )
        except (OSError, ValueError, KeyError) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise EncoderError(
                f"{self._folder}: cannot be read as a causal language model ({reason}); give a "
                "folder with config.json, model.safetensors and the tokeniser"
            ) from None


def prompt(facts: SoundFacts, sentence: str, language: Language) -> str:
    """What the model is asked; names of tags stand in it as JSON, so none reads as an order."""
    told = json.dumps(facts.as_record(language), ensure_ascii=False)
    return _prompts()[language].replace("{sentence}", sentence).replace("{facts}", told)


def first_sentence(text: str) -> str:
    """The first sentence of what a model said, on one line; empty if it holds no word."""
    line = next((part for part in text.splitlines() if any(map(str.isalnum, part))), "")
    line = " ".join(line.split()).strip("\"'「」 ")
    ends = [at for at in map(line.find, _ENDS) if at >= 0]
    return line[: min(ends) + 1] if ends else line


@cache
def _prompts() -> dict[str, str]:
    source = files("kikimimi.tasks.captioning") / "prompts.json"
    return json.loads(source.read_text(encoding="utf-8"))
