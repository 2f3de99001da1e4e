// The package's public surface: the components, their args, and the references by which one takes another's ids.
export { AuroraCluster } from "./auroraCluster";
export { type AuroraClusterArgs, DatabaseInsights } from "./auroraClusterArgs";
export { type ApprovalArgs, DbPipeline, type DbPipelineArgs, type PipelineBuildsArgs } from "./dbPipeline";
export { DbSecret, type DbSecretArgs, type DbSecretRotationArgs } from "./dbSecret";
export { Engine } from "./engines";
export { Action, MigrationBuild, type MigrationBuildArgs, Tool } from "./migrationBuild";
export { Egress, FlowLogTraffic, Network, type NetworkArgs } from "./network";
export { type SourceArgs, SourceProvider } from "./pipelineSource";
export type { BuildRef, DatabaseRef, NetworkRef, SecretRef } from "./references";
