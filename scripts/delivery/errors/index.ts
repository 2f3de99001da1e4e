import { awsErrors } from "./aws";
import { databaseErrors } from "./database";
import { inputErrors } from "./input";
import { migrationErrors } from "./migration";
import { planErrors } from "./plan";
import { rehearsalErrors } from "./rehearsal";
import { sessionErrors } from "./session";
import { undoErrors } from "./undo";

export { InternalError, messageOf } from "../../../components/errorDefinition";
export { CodedError, type ErrorDefinition, type ErrorDetails, type ErrorKinds, ExitCodes } from "./define";
export {
    awsErrors,
    databaseErrors,
    inputErrors,
    migrationErrors,
    planErrors,
    rehearsalErrors,
    sessionErrors,
    undoErrors,
};
