import type { Layout } from "../migration";
import { dbmate } from "./dbmate";
import { drizzle } from "./drizzle";
import { golangMigrate } from "./golangMigrate";
import { prisma } from "./prisma";

/** The tools whose folders are read as they are. */
export const layouts: readonly Layout[] = [golangMigrate, dbmate, prisma, drizzle];
