// The package's public surface: the components, their args, and the references by which one takes another's ids.
export type { AlarmThresholdsArgs } from "./alarms";
export { AuroraCluster } from "./auroraCluster";
export { type AuroraClusterArgs, DatabaseInsights } from "./auroraClusterArgs";
export { Auth } from "./authentication";
export type { BackupArgs } from "./backup";
export type { BootstrapArgs, BootstrapUserArgs } from "./bootstrap";
export { type ApprovalArgs, DbPipeline, type DbPipelineArgs } from "./dbPipeline";
export type { DriftArgs } from "./drift";
export { DbSecret, type DbSecretArgs, type DbSecretRotationArgs } from "./dbSecret";
export { Engine } from "./engines";
export { MigrationBuild } from "./migrationBuild";
export { Action, type MigrationBuildArgs, Tool } from "./migrationBuildArgs";
export { Egress, FlowLogTraffic, Network, type NetworkArgs } from "./network";
export { Operations, type OperationsArgs } from "./operations";
export { type SourceArgs, SourceProvider } from "./pipelineSource";
export { type GuardArgs } from "./guards";
export { type RehearsalArgs, RehearsalCopy } from "./rehearsal";
export type { BuildRef, DatabaseRef, NetworkRef, PipelineBuildsArgs, PipelineRef, SecretRef } from "./references";
