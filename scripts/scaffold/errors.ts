import { defineErrors } from "../local/errors";

/** What keeps `npm run new-migration` and `npm run new-environment` from writing a file. */
export const scaffoldErrors = defineErrors({
    DescriptionEmpty: {
        code: "AP3601",
        what: "The description {description} has no letter or digit for the file name.",
        fix: 'Say what the change does: npm run new-migration -- "add orders table"',
    },
    FolderOutside: {
        code: "AP3602",
        what: "The folder {folder} is not in the migrations directory {migrations}.",
        fix: "Name one below it: --folder {example}",
    },
    MigrationMisplaced: { code: "AP3603", what: "{file} was not written: {problem}.", fix: "{fix}" },
    MigrationNotWritten: {
        code: "AP3604",
        what: "{file} cannot be written ({reason}).",
        fix: "Correct that, or name another folder with --folder.",
    },
    ProfileUnknown: { code: "AP3605", what: 'There is no profile "{profile}".', fix: "Allowed: {allowed}." },
    EnvironmentExists: {
        code: "AP3606",
        what: "{file} already exists.",
        fix: "Choose another name, or edit that file.",
    },
    ProgramUnreadable: {
        code: "AP3607",
        what: "{file} cannot be read ({reason}).",
        fix: "Correct it, or restore it from Git.",
    },
});
