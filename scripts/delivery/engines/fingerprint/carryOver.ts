import { type Fingerprint, fingerprintOf, keyOf } from "./fingerprint";

/** The recorded catalog plus the changes between the two others. */
export function carryOver(recorded: Fingerprint, before: Fingerprint, after: Fingerprint): Fingerprint {
    const [entries, old, now] = [recorded, before, after].map(
        (fingerprint) => new Map(fingerprint.entries.map((entry) => [keyOf(entry), entry])),
    ) as [Entries, Entries, Entries];
    for (const key of new Set([...old.keys(), ...now.keys()])) {
        const [was, is] = [old.get(key), now.get(key)];
        // An object that had drifted before still differs from what the deployment left.
        const drifted = entries.get(key)?.definition !== was?.definition;
        if (was?.definition === is?.definition || drifted) {
            continue;
        }
        if (is === undefined) {
            entries.delete(key);
        } else {
            entries.set(key, is);
        }
    }
    return fingerprintOf(entries.values(), recorded.server);
}

type Entries = Map<string, Fingerprint["entries"][number]>;
