/** The parts of a qualified name as SQL writes it: `public."Order.Items".id` has three. */
export function partsOf(name: string): string[] {
    return name.match(/(?:"(?:[^"]|"")*"|[^".]+)/g) ?? [];
}

/** The name without its last part. */
export function parentOf(name: string): string {
    return partsOf(name).slice(0, -1).join(".");
}
