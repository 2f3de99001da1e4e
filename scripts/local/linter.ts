import { join } from "node:path";
import { checkout } from "./directories";

/** The external SQL linter that npm has installed for this machine. */
export function installedLinter(): string {
    const platform = `${process.platform}-${process.arch}`;
    const name = process.platform === "win32" ? "squawk.exe" : "squawk";
    return join(checkout, "node_modules/@squawk-cli", platform, "bin", name);
}
