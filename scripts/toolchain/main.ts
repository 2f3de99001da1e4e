import { ensureToolchain } from "./ensure";
import { ToolchainError } from "./errors";

// `npm run toolchain`: progress on standard error, the path of the archive on standard output.
try {
    console.log(ensureToolchain({ log: (line) => console.error(line) }));
} catch (error) {
    console.error(error instanceof ToolchainError ? error.message : error);
    process.exitCode = 1;
}
