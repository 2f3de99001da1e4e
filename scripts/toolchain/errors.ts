import { defineErrors } from "../local/errors";

const pins = "Restore it from Git, or regenerate it: npm run lock";

/** What keeps the toolchain from being built, or jars from being pinned. */
export const toolchainErrors = defineErrors({
    ProgramMissing: { code: "AP3401", what: "{program} is missing.", fix: "{fix}" },
    ProgramFailed: {
        code: "AP3402",
        what: "{task}:\n{output}",
        fix: "Correct the cause, and run the command again.",
    },
    PomMissing: { code: "AP3403", what: "{pom} does not exist.", fix: "Name directories that have a pom.xml." },
    PackageNotPinned: {
        code: "AP3404",
        what: "package-lock.json does not pin {place} by version and SHA-512.",
        fix: "Regenerate it with npm install.",
    },
    JarsReplaced: {
        code: "AP3405",
        what: "{lock}: Maven resolved jars that differ from the pinned ones. Nothing was built:",
        list: "problems",
        fix: "If pom.xml changed on purpose, run `npm run lock` and review the difference. If it did not, a jar was replaced: find out how, and delete it from Maven's local repository (~/.m2/repository).",
    },
    PinsMissing: {
        code: "AP3406",
        what: "{file} is missing: it pins the jars of pom.xml by their SHA-256.",
        fix: pins,
    },
    PinsMalformed: {
        code: "AP3407",
        what: "{file}: `jars` must map each jar's coordinates to its SHA-256, 64 hexadecimal digits. Invalid:",
        list: "given",
        fix: pins,
    },
    PinsNotJson: { code: "AP3408", what: "{file} is not valid JSON ({reason}).", fix: pins },
    PackageReplaced: {
        code: "AP3409",
        what: "{name} {version} is not the package that package-lock.json pins: pinned SHA-512 {pinned}, fetched {found}. Nothing was built.",
        fix: "Check the npm registry that served it.",
    },
});
