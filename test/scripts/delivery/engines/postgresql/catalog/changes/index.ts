import { access } from "./access";
import type { Change } from "./change";
import { others } from "./others";
import { relations } from "./relations";
import { routines } from "./routines";
import { types } from "./types";

/** Every kind of object at least once: what is there is changed, what is not is added, and some is removed. */
export const changes: Record<string, Change> = { ...relations, ...routines, ...types, ...access, ...others };
