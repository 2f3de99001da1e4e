import { defineErrors } from "../local/errors";

/** What keeps `npm run baseline` from writing its files. */
export const baselineErrors = defineErrors({
    CatalogUnreadable: {
        code: "AP3801",
        what: "{file} is not a catalog ({reason}).",
        fix: "Pass the catalog.json that the action Plan leaves in its artifact.",
    },
    GeneratedExists: {
        code: "AP3802",
        what: "{file} exists, and --generate writes it.",
        fix: "Leave --generate out, or remove the file to generate it again.",
    },
    GeneratedNotIncluded: {
        code: "AP3803",
        what: "The changelog does not include {file}.",
        fix: "Include it before every other file, and run the command again without --generate.",
    },
    TagNotInChangelog: {
        code: "AP3804",
        what: "No changeset sets the tag {tag}.",
        fix: "Tags of the changelog: {known}.",
    },
    ChangelogFails: {
        code: "AP3805",
        what: "The changesets cannot be applied to an empty database: {reason}",
        fix: "Correct them: a new database has to be made from the same changelog.",
    },
    CatalogNotGiven: {
        code: "AP3806",
        what: "--generate needs the catalog of the database.",
        fix: "Pass it: npm run baseline -- --generate --catalog catalog.json",
    },
});
