import { defineErrors } from "../../errors/define";

/** What only folders of SQL fail with. */
export const sqlErrors = defineErrors({
    FolderUnknown: {
        code: "AP1030",
        what: "{directory} has no folder of SQL migrations. Such folders have:",
        list: "layouts",
        fix: "Add the first migration, or name the folder in {file}: directory=<path in the migrations directory>",
        exit: "refused",
    },
    FolderAmbiguous: {
        code: "AP1031",
        what: "{directory} may be the folder of several tools:",
        list: "candidates",
        fix: "Choose one in {file}: layout=<name>, and directory=<path in the migrations directory> if it has several folders.",
        exit: "refused",
    },
    FolderRefused: {
        code: "AP1032",
        what: "The folder of {layout} cannot be used:",
        list: "problems",
        fix: "Correct these files; {layout} itself would refuse them, or run them otherwise than they are meant.",
        exit: "refused",
    },
    SqlPropertiesRefused: {
        code: "AP1033",
        what: "{file} has settings that the pipeline does not accept:",
        list: "problems",
        fix: "Correct or remove these lines. Allowed: layout, directory, and resolve.<migration>=applied or undone.",
        exit: "refused",
    },
    EngineWithoutScripts: {
        code: "AP1034",
        what: "Folders of SQL are not supported on {engine}.",
        fix: "Set aurora:tool to another tool.",
        exit: "refused",
    },
    MigrationEdited: {
        code: "AP1430",
        what: "{step}: migrations that have run were edited:\n{cause}",
        fix: "Undo the edit and write a new migration instead.",
        exit: "either",
    },
    MigrationDirty: {
        code: "AP1431",
        what: "{layout} began the migration {migration} outside the pipeline and noted no end (a dirty state). {cause}",
        fix: "Look in the database which of two states it is in, and declare it in {file}: resolve.{migration}=undone if nothing of it is there, and it runs again, or resolve.{migration}=applied if all of it is there. Finish or remove a part of it by hand first.",
        exit: "refused",
    },
});
