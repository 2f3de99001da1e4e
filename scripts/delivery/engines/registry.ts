import type { Engine } from "./engine";
import { mysql } from "./mysql";
import { postgresql } from "./postgresql";
import { InternalError } from "../errors";

/** The supported engines, by their names in the contract. A new engine is a folder and a row here. */
const engines: Readonly<Record<string, Engine>> = {
    "aurora-postgresql": postgresql,
    "aurora-mysql": mysql,
};

/** The allowed values of the engine setting. */
export const engineNames = Object.keys(engines);

/** The engine with that name, which was already validated in the settings. */
export function engineNamed(name: string): Engine {
    const engine = Object.hasOwn(engines, name) ? engines[name] : undefined;
    if (engine === undefined) {
        throw new InternalError(`There is no engine ${name}`);
    }
    return engine;
}
