import { InputError } from "../../errors";
import type { Credential, Hide } from "./credential";

/**
 * The password of a rehearsal: made by the build, and good on its clone alone. Before there is a clone the build has
 * nothing that any server would take.
 */
export class CloneCredential implements Credential {
    readonly advice = "The clone refuses the password that this build has just set on it. Start the pipeline again.";
    private current: string | undefined;

    constructor(private readonly hide: Hide) {}

    /** What the clone takes from now on. */
    set(password: string): void {
        this.hide(password);
        this.current = password;
    }

    password(): Promise<string> {
        return this.current === undefined
            ? Promise.reject(new InputError("This build logs in to its clone only, and there is none yet."))
            : Promise.resolve(this.current);
    }

    /** Nobody else knows another one. */
    another(): Promise<undefined> {
        return Promise.resolve(undefined);
    }
}
