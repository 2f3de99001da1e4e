import { InternalError } from "../../errors";
import type { DatabaseUsers } from "../users";

const none = () => {
    throw new InternalError("The pipeline creates no users in MySQL, and no build waits for them");
};

/** The pipeline makes no users in MySQL yet: a stack with this engine has no Bootstrap, and all builds have one credential. */
export const users: DatabaseUsers = {
    make: none,
    noteEnd: none,
    ended: none,
};
