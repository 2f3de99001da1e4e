import { ensureToolchain } from "./ensure";
import { reportOf } from "../local/errors";

// `npm run toolchain`: progress on standard error, the path of the archive on standard output.
try {
    console.log(ensureToolchain({ log: (line) => console.error(line) }));
} catch (error) {
    console.error(reportOf(error));
    process.exitCode = 1;
}
