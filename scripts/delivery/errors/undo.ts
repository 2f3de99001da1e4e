import { defineErrors } from "./define";

/** Requested rollbacks, and the undo after a failure. */
export const undoErrors = defineErrors({
    RollbackTagMissing: {
        code: "AP1501",
        what: "ROLLBACK_TO is not set, and this action needs it.",
        fix: "Start the pipeline with the variable ROLLBACK_TO: the tag of a release.",
        exit: "refused",
    },
    NothingToUndo: {
        code: "AP1502",
        what: "Nothing to undo: no changeset has run since {tag}.",
        fix: "Choose the tag of the release to undo.",
        exit: "refused",
    },
    ChangesetsNotInSource: {
        code: "AP1503",
        what: "The rollback to {tag} must undo {count} that this source does not contain (or excludes by contexts or labels):",
        list: "changesets",
        fix: "Start it from a source that contains them, usually the newest commit: the rollback of a changeset is part of the changeset.",
        exit: "refused",
    },
    TagUnknown: {
        code: "AP1504",
        what: "Unknown tag {tag}. The newest releases that changed this database:",
        list: "known",
        fix: "Start the pipeline with ROLLBACK_TO set to one of these.",
        exit: "refused",
    },
    NoTag: {
        code: "AP1505",
        what: "Unknown tag {tag}: this database has no tags, because this pipeline has not deployed to it.",
        fix: "There is nothing to roll back to: write a changeset that reverts the change.",
        exit: "refused",
    },
    UndoIncomplete: {
        code: "AP1506",
        what: "The rollback did not restore the earlier state.",
        fix: "Correct the rollbacks of the changesets below, push, and roll back again.",
        exit: "failed",
    },
    UndoInterrupted: {
        code: "AP1507",
        what: "The rollback could not continue: {reason}.",
        fix: "Start it again: it continues after the changesets that are undone.",
        exit: "failed",
    },
    EarlierObjectsDropped: {
        code: "AP1508",
        what: "Undoing {release} would drop what was there before it, so nothing was undone:",
        list: "objects",
        fix: "Correct the rollbacks of these changesets so that they drop only what the release created (a rollback may be edited after its changeset ran), push, and undo the release with ROLLBACK_TO={release}.",
        exit: "either",
    },
    CatalogDiffers: {
        code: "AP1509",
        what: "Every changeset since {tag} is undone in the history, but the catalog is not as it was before {tag}.",
        fix: "Restore what is missing with a new changeset, from a snapshot or from a point in time; correct the rollbacks of the changesets before they are applied again.",
        exit: "failed",
    },
    ChangesetNotUndoable: {
        code: "AP1510",
        what: "The changeset {changeset} cannot be undone: {reason}; nothing was undone.",
        fix: "Add a rollback to it (that may be added after it ran), push, and roll back again; or write a new changeset that reverts the change.",
        exit: "either",
    },
});
