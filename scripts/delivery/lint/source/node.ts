/** One named thing of a changelog, whatever its format: XML's attributes and elements, YAML's and JSON's keys. */
export interface Node {
    name: string;
    line: number;
    /** Text of a leaf, or the text of an element that also has attributes. */
    value?: string;
    /** Line on which the text begins. */
    valueLine?: number;
    children: Node[];
}

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
