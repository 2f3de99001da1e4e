import { replacedByDocstring } from "./docstrings";
import { behaviours, updatedEverywhere } from "./provider";
import { generatorErrors } from "../generatorErrors";

/**
 * Whether the provider replaces a resource when this input changes; `switched` when it was not set before, or no longer
 * is. An input that is not recorded is an error, not a guess.
 */
export function isReplaced(type: string, property: string, switched: boolean): boolean {
    const { replaces = [], updates = [], replacesWhenSwitched = [] } = behaviours[type] ?? {};
    if (replaces.includes(property) || replacedByDocstring(type).has(property)) {
        return true;
    }
    if (replacesWhenSwitched.includes(property)) {
        return switched;
    }
    if (updates.includes(property) || updatedEverywhere.includes(property)) {
        return false;
    }
    throw new generatorErrors.ReplacementUnknown({ property, type });
}

/** Whether the provider takes no notice when this input goes. */
export function mayBeTakenOut(type: string, property: string): boolean {
    return behaviours[type]?.ignoresWhenTakenOut?.includes(property) ?? false;
}
