/** A named element of a changelog in any format: XML attributes and elements, YAML and JSON keys. */
export interface Node {
    name: string;
    line: number;
    /** Text of a leaf, or of an element that also has attributes. */
    value?: string;
    /** The line on which the text starts. */
    valueLine?: number;
    children: Node[];
}

/** The name of a child that is a comment: no attribute or element has it. */
export const remarkName = "#comment";
/** What a comment of XML or YAML may say to the linter. */
export const addressesLinter = /^\s*(rollback\s+(not required|empty)\b|lint-waive\b)/i;

export function child(node: Node, ...names: string[]): Node | undefined {
    return node.children.find(({ name }) => names.includes(name));
}

export function text(node: Node, ...names: string[]): string | undefined {
    return child(node, ...names)?.value;
}

export function flag(node: Node, name: string, fallback: boolean): boolean {
    const value = text(node, name)?.toLowerCase();
    return value === undefined ? fallback : ["true", "yes", "on"].includes(value);
}
