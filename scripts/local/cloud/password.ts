import { randomInt } from "node:crypto";

interface PasswordInputs {
    length: number;
    lower?: boolean;
    upper?: boolean;
    numeric?: boolean;
    special?: boolean;
    overrideSpecial?: string;
    minLower?: number;
    minUpper?: number;
    minNumeric?: number;
    minSpecial?: number;
}

// The characters that the random provider uses if `overrideSpecial` is absent.
const defaultSpecial = "!@#$%&*()-_=+[]{}<>:?";

/**
 * Fulfils the contract of `random.RandomPassword` and `random.RandomString`: length, characters, minimum number of each
 * kind.
 */
export function randomPassword(inputs: PasswordInputs): string {
    const kinds = [
        { used: inputs.lower ?? true, least: inputs.minLower, characters: "abcdefghijklmnopqrstuvwxyz" },
        { used: inputs.upper ?? true, least: inputs.minUpper, characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
        { used: inputs.numeric ?? true, least: inputs.minNumeric, characters: "0123456789" },
        {
            used: inputs.special ?? true,
            least: inputs.minSpecial,
            // An empty text counts as absent, as in the provider.
            characters: inputs.overrideSpecial || defaultSpecial,
        },
    ].filter((kind) => kind.used);
    const alphabet = kinds.map((kind) => kind.characters).join("");
    const characters = kinds.flatMap((kind) => pick(kind.characters, kind.least ?? 0));
    characters.push(...pick(alphabet, inputs.length - characters.length));
    return shuffle(characters).join("");
}

function pick(alphabet: string, count: number): string[] {
    return Array.from({ length: Math.max(count, 0) }, () => alphabet.charAt(randomInt(alphabet.length)));
}

function shuffle(characters: string[]): string[] {
    for (let last = characters.length - 1; last > 0; last--) {
        const other = randomInt(last + 1);
        [characters[last], characters[other]] = [characters[other]!, characters[last]!];
    }
    return characters;
}
