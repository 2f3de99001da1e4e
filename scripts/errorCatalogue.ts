import type { ErrorDefinition } from "../components/errorDefinition";
import { baselineErrors } from "./baseline/errors";
import { accountErrors, refusalErrors, valueErrors } from "../components/shared/errors";
import {
    awsErrors,
    databaseErrors,
    type ErrorDefinition as DeliveryError,
    inputErrors,
    migrationErrors,
    planErrors,
    rehearsalErrors,
    sessionErrors,
    undoErrors,
} from "./delivery/errors";
import { engineNamed, engineNames } from "./delivery/engines/registry";
import { migrationTools } from "./delivery/tools/registry";
import { generatorErrors } from "./generatorErrors";
import { reviewErrors } from "./review/errors";
import { programErrors, serverErrors, sourceErrors, startErrors } from "./local/errors";
import { machineErrors } from "./machine/errors.cjs";
import { scaffoldErrors } from "./scaffold/errors";
import { toolchainErrors } from "./toolchain/errors";

/** A definition; the exit code is of programs that have several. */
export type CataloguedError = ErrorDefinition & { readonly exit?: DeliveryError["exit"] };

interface CataloguedClass {
    readonly definition: CataloguedError;
}

/** Errors that belong together: their codes begin alike. */
export interface ErrorArea {
    title: string;
    /** First digits of the codes. */
    range: string;
    /** By the name of the class. */
    errors: Readonly<Record<string, CataloguedClass>>;
}

/** Every error that this project's programs end with, by area: docs/errors.md is made from it. */
export const errorAreas: ErrorArea[] = [
    { title: "Input of a build", range: "AP10", errors: withOwn("AP10", inputErrors) },
    { title: "Plans and approvals", range: "AP11", errors: withOwn("AP11", planErrors) },
    { title: "The database, its users and its catalog", range: "AP12", errors: withOwn("AP12", databaseErrors) },
    { title: "Locks and sessions", range: "AP13", errors: withOwn("AP13", sessionErrors) },
    { title: "Migrations", range: "AP14", errors: withOwn("AP14", migrationErrors) },
    { title: "Rollbacks", range: "AP15", errors: withOwn("AP15", undoErrors) },
    { title: "Rehearsals", range: "AP16", errors: withOwn("AP16", rehearsalErrors) },
    { title: "Calls to AWS", range: "AP17", errors: withOwn("AP17", awsErrors) },
    { title: "Config of a stack, and arguments of a component", range: "AP20", errors: refusalErrors },
    { title: "One key of the config, or one argument", range: "AP21", errors: valueErrors },
    { title: "Missing in the account or the region", range: "AP22", errors: accountErrors },
    { title: "Starting a local run", range: "AP30", errors: startErrors },
    { title: "The source of a local run", range: "AP31", errors: sourceErrors },
    { title: "The database of a local run", range: "AP32", errors: serverErrors },
    { title: "The program whose pipeline a local run executes", range: "AP33", errors: programErrors },
    { title: "The toolchain, and pinned jars", range: "AP34", errors: toolchainErrors },
    { title: "Missing on the machine", range: "AP35", errors: withDefinitions(machineErrors) },
    { title: "New migrations and environments", range: "AP36", errors: scaffoldErrors },
    { title: "Generated documents and packages", range: "AP37", errors: generatorErrors },
    { title: "A baseline", range: "AP38", errors: baselineErrors },
    { title: "Reviewing a pull request", range: "AP39", errors: reviewErrors },
];

/** The errors of an area, in the order of their codes, with those that only one engine or one tool has. */
function withOwn(range: string, errors: ErrorArea["errors"]): ErrorArea["errors"] {
    const own = [...engineNames.map(engineNamed), ...migrationTools].flatMap(({ ownErrors }) =>
        Object.entries<CataloguedClass>(ownErrors),
    );
    const inRange = own.filter(([, { definition }]) => definition.code.startsWith(range));
    const code = ([, { definition }]: [string, CataloguedClass]) => definition.code;
    return Object.fromEntries(
        [...Object.entries(errors), ...inRange].sort((one, other) => code(one).localeCompare(code(other))),
    );
}

function withDefinitions(definitions: Readonly<Record<string, ErrorDefinition>>): ErrorArea["errors"] {
    return Object.fromEntries(Object.entries(definitions).map(([name, definition]) => [name, { definition }]));
}
