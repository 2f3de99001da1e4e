// What keeps a command from starting on this machine. Plain JavaScript without dependencies, because it runs before
// anything is installed; docs/errors.md is made from these definitions too.

const machineErrors = {
    NodeTooOld: {
        code: "AP3501",
        what: "Node.js {oldest} or newer is needed; this is {version}.",
        fix: "Install it from https://nodejs.org.",
    },
    JavaNeeded: {
        code: "AP3502",
        what: "Java {oldest} or newer is needed to run Liquibase; {problem}.",
        fix: "Install it: {command}",
    },
    MavenNeeded: {
        code: "AP3503",
        what: "Maven {oldest} or newer is needed to resolve Liquibase and the JDBC drivers; {problem}.",
        fix: "Install it: {command}",
    },
    NodeNotOffered: { code: "AP3504", what: "Node.js {version} cannot be installed.", fix: "Allowed: {allowed}." },
    NodeNotForPlatform: {
        code: "AP3505",
        what: "npm has no Node.js {version} for {platform} on {architecture}.",
        fix: "Install it from https://nodejs.org.",
    },
    CommandUnknown: { code: "AP3506", what: "Unknown command {command}.", fix: "Allowed: {allowed}." },
    DependenciesNotInstalled: {
        code: "AP3507",
        what: "npm ci failed; see its message above.",
        fix: "Correct the cause, and run the command again.",
    },
    ArchiveReplaced: {
        code: "AP3508",
        what: "{file} has the wrong checksum: pinned SHA-256 {pinned}, found {found}.",
        fix: "It was not run. Check the Maven repository that served it.",
    },
    JavaNotInstalled: {
        code: "AP3509",
        what: "pip could not install Java.",
        fix: "See pip's message above. The next source is tried, if there is one.",
    },
    MavenNotInstalled: {
        code: "AP3510",
        what: "Apache Maven could not be installed.",
        fix: "The messages above say why.",
    },
};

/** An error of a kind, with its code, its facts, one sentence and one fix. */
class MachineError extends Error {
    constructor(name, facts = {}) {
        const { code, what, fix } = machineErrors[name];
        super(`${code}: ${what} ${fix}`.replaceAll(/\{(\w+)\}/g, (_, fact) => facts[fact]));
        this.name = name;
        this.code = code;
        this.facts = facts;
    }
}

module.exports = { MachineError, machineErrors };
