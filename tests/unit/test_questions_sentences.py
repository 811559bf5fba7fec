"""The transcript is cut at full stops, never inside a name or a number, and times come from its words."""

from media.transcript import Segment, Transcript, Word
from quizsys.questions.sentences import join_text, list_sentences


def make_transcript(*texts: str) -> Transcript:
    segments = []
    start_s = 0.0
    for text in texts:
        words = tuple(
            Word(start_s + 0.4 * place, start_s + 0.4 * place + 0.3, word, 0.9)
            for place, word in enumerate(text.split())
        )
        segments.append(Segment(words[0].start_s, words[-1].end_s, text, words))
        start_s = words[-1].end_s + 0.5
    return Transcript("en", "test", tuple(segments))


def test_sentences_end_at_full_stops_and_question_marks() -> None:
    sentences = list_sentences(make_transcript("Why is it green? Because it absorbs red light. That is all."))
    assert [sentence.text for sentence in sentences] == [
        "Why is it green?",
        "Because it absorbs red light.",
        "That is all.",
    ]


def test_a_sentence_may_span_segments() -> None:
    sentences = list_sentences(make_transcript("The fluid around the thylakoids", "is called the stroma."))
    assert len(sentences) == 1
    assert sentences[0].start_s == 0.0
    assert sentences[0].end_s > 3.5


def test_abbreviations_and_decimals_do_not_end_a_sentence() -> None:
    sentences = list_sentences(
        make_transcript("Dr. Smith measured 0.75 volts, i.e. less than before. Then he stopped.")
    )
    assert len(sentences) == 2


def test_spelled_letters_may_end_a_sentence() -> None:
    sentences = list_sentences(make_transcript("As they do so, it makes A T P. At the end they stop."))
    assert len(sentences) == 2


def test_joined_text_is_the_transcript_word_for_word() -> None:
    transcript = make_transcript("One thing, um, that lasted.", "It is 98 % of  all.")
    assert join_text(list_sentences(transcript)) == "One thing, um, that lasted. It is 98 % of all."


def test_a_segment_without_words_gets_times_spread_over_it() -> None:
    transcript = Transcript("en", "test", (Segment(10.0, 14.0, "Four words are here.", ()),))
    sentence = list_sentences(transcript)[0]
    assert (sentence.start_s, sentence.end_s) == (10.0, 14.0)
    assert sentence.words[2].start_s == 12.0
