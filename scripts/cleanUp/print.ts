import type { StackNames, Step } from "./steps";

/** The steps as a text to read, and to copy commands from. */
export function printed({ project, stack, region }: StackNames, steps: Step[]): string {
    const lines = [
        `# What \`pulumi destroy\` leaves of the stack ${stack} of ${project}, and the commands that delete it.`,
        "# None of this has been run. Read each step before you run it: deletions are final.",
        "# Bash, the AWS CLI, Pulumi and jq, with credentials of the stack's account.",
        "",
        `export AWS_REGION=${region}`,
    ];
    steps.forEach(({ title, why, commands }, index) => {
        lines.push("", ...wrapped(`${index + 1}. ${title}. ${why}`).map((line) => `# ${line}`), ...commands);
    });
    return `${lines.join("\n")}\n`;
}

/** Lines of at most 110 characters. */
function wrapped(text: string): string[] {
    const lines = [""];
    for (const word of text.split(" ")) {
        const line = lines.at(-1)!;
        if (line !== "" && line.length + word.length >= 110) lines.push(word);
        else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
    }
    return lines;
}
