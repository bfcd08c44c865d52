"""What may be refused in this app.

ConsentError
├── NothingToPublish     no draft, or the draft says what the version in force says
├── ClauseMissing        a required clause is empty
├── VariableUnfilled     a word in braces has no value yet
├── TextRefused          signs that hide or turn what is read
├── NothingToTranslate   there is no draft
├── TranslationIncomplete  a part of the original has no counterpart
├── TranslationOutdated  the draft was changed after it was translated
├── AlreadyAnswered      the question has its answer
├── HeadingInside        a line of a section begins like a heading
├── WordsRefused         nothing is said, or too much
├── NothingChanged       a proposal is accepted and the text stays as it was
├── DraftChanged         somebody else edited the draft meanwhile
├── ProposalClosed       the proposal is not under discussion any more
├── TooManyProposals     somebody's proposals wait already
├── TooManyComments      the discussion is full
├── AlreadyPledged       there is a pledge
├── NothingPledged       there is none
├── VersionSuperseded    a newer version is in force, or this one is only a draft
├── AlreadySigned        carries the valid signature: the same answer as the first time
├── SignatureIncomplete  a tick or the printed name is missing
├── NameMismatch         the printed name is not the true name
├── NotYoursToSign       a guardian's link has ended, or its scope is not to sign
├── FactorNotFresh       no fresh second factor, or it already served a signature
├── CopyNotMade          the layout of a signed copy failed
└── SealBroken           a copy's bytes are not those that were sealed
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consent.models import Signature


class ConsentError(Exception):
    """`code` is for the audit log and the tests; `text` is for the screen."""

    code = "consent.refused"
    text = "This could not be done. Go back and try again."


class NothingToPublish(ConsentError):
    code = "version.nothing_to_publish"
    text = "There is no change to publish. Edit the draft first."


class ClauseMissing(ConsentError):
    code = "version.clause_missing"
    text = "A required clause is empty. Fill it in, then publish."


class VariableUnfilled(ConsentError):
    code = "version.variable_unfilled"
    text = "A word in braces is still open. Fill it in, then publish."


class TextRefused(ConsentError):
    code = "version.text_refused"
    text = (
        "The text holds signs that cannot be seen but change how it is read. Type that place "
        "again by hand."
    )


class NothingToTranslate(ConsentError):
    code = "translation.no_draft"
    text = "Save a draft first; a published version keeps the translations it has."


class TranslationIncomplete(ConsentError):
    code = "translation.incomplete"
    text = "Each part of the original needs its counterpart. Something is empty or missing."


class TranslationOutdated(ConsentError):
    code = "translation.outdated"
    text = "The draft was changed after it was translated. Save each translation again, or drop it."


class AlreadyAnswered(ConsentError):
    code = "question.answered"
    text = "This question has been answered already."


class HeadingInside(ConsentError):
    code = "version.heading_inside"
    text = "Please do not begin a line with #: headings are ours."


class WordsRefused(ConsentError):
    code = "proposal.words_refused"
    text = "Please write something, in at most 2000 characters."


class NothingChanged(ConsentError):
    code = "proposal.nothing_changed"
    text = "The words are as before. Write the change into them, or decline the proposal."


class DraftChanged(ConsentError):
    code = "proposal.draft_changed"
    text = "Somebody changed the draft while you wrote. The box below now holds its new words."


class ProposalClosed(ConsentError):
    code = "proposal.closed"
    text = "This proposal is not under discussion any more. You may propose something new."


class TooManyProposals(ConsentError):
    code = "proposal.too_many"
    text = "Five of your proposals are under discussion. Take one back, or wait for an answer."


class TooManyComments(ConsentError):
    code = "proposal.too_many_comments"
    text = "This discussion is full. Please talk about it in the next session."


class AlreadyPledged(ConsentError):
    code = "pledge.already"
    text = "You have made the pledge already."


class NothingPledged(ConsentError):
    code = "pledge.none"
    text = "There is no pledge of yours here. You may make one."


class VersionSuperseded(ConsentError):
    code = "version.superseded"
    text = "A newer version of this agreement is in force. Read and sign that one."


class AlreadySigned(ConsentError):
    code = "signature.already"
    text = "You have already signed this version."

    def __init__(self, signature: "Signature") -> None:
        super().__init__(signature.pk)
        self.signature = signature


class SignatureIncomplete(ConsentError):
    code = "signature.incomplete"
    text = "Something is missing: tick each statement and type your name."


class NameMismatch(ConsentError):
    code = "signature.name_mismatch"
    text = "Please type your name as it stands in your private profile."


class FactorNotFresh(ConsentError):
    code = "signature.factor_not_fresh"
    text = "Each signature needs a fresh confirmation that it is you. Confirm, then sign."


class CopyNotMade(ConsentError):
    code = "copy.not_made"
    text = "Your copy could not be made just now. Your signature stands; try again in a minute."


class SealBroken(ConsentError):
    code = "copy.seal_broken"
    text = "This copy was changed since it was made. Please tell the programme at once."


class NotYoursToSign(ConsentError):
    code = "sign.not_guardian"
    text = "You do not sign for this minor any more. Call the therapist who invited you."
