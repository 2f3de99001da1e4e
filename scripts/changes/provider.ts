// What the providers replace and what they update, for every input that a change of config changes. Pulumi's SDK does
// not say it, but for a few docstrings (see `docstrings.ts`); this is read off the schema in the source of the Terraform
// provider that the Pulumi provider is made from: `ForceNew`, `RequiresReplace`, `CustomizeDiff`.
//
// An input that is in neither list is an error: look it up, and add it.

export interface Behaviour {
    /** File in hashicorp/terraform-provider-aws (or -random) that says so. */
    source: string;
    replaces?: string[];
    updates?: string[];
    /** Updated from one value to another; replaced when it comes or goes. */
    replacesWhenSwitched?: string[];
    /** Among those that replace: nothing happens when it goes (`DiffSuppressFunc`). */
    ignoresWhenTakenOut?: string[];
}

/** `tftags.TagsSchema()`, in every resource below: tags never replace anything. */
export const updatedEverywhere = ["tags"];

const securityGroupRule = {
    replaces: ["securityGroupId"],
    updates: ["description", "fromPort", "ipProtocol", "toPort"],
    // `ModifyPlan`: from a range to a group, for instance.
    replacesWhenSwitched: ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"],
};

export const behaviours: Record<string, Behaviour> = {
    "aws:backup/plan:Plan": { source: "internal/service/backup/plan.go", replaces: ["name"], updates: ["rules"] },
    "aws:backup/selection:Selection": {
        source: "internal/service/backup/selection.go",
        replaces: ["iamRoleArn", "name", "planId", "resources"],
    },
    "aws:backup/vault:Vault": { source: "internal/service/backup/vault.go", replaces: ["kmsKeyArn", "name"] },
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": {
        source: "internal/service/backup/vault_lock_configuration.go",
        replaces: ["backupVaultName", "changeableForDays", "maxRetentionDays", "minRetentionDays"],
    },
    "aws:cloudwatch/dashboard:Dashboard": {
        source: "internal/service/cloudwatch/dashboard.go",
        replaces: ["dashboardName"],
        updates: ["dashboardBody"],
    },
    "aws:cloudwatch/eventRule:EventRule": {
        source: "internal/service/events/rule.go",
        replaces: ["eventBusName", "name"],
        updates: ["description", "eventPattern", "roleArn", "scheduleExpression"],
    },
    "aws:cloudwatch/logGroup:LogGroup": {
        source: "internal/service/logs/group.go",
        replaces: ["name"],
        updates: ["kmsKeyId", "retentionInDays"],
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        source: "internal/service/cloudwatch/metric_alarm.go",
        replaces: ["name"],
        updates: ["alarmActions", "dimensions", "okActions", "threshold"],
    },
    "aws:codebuild/project:Project": {
        source: "internal/service/codebuild/project.go",
        replaces: ["name"],
        updates: ["encryptionKey", "environment", "logsConfig", "source", "vpcConfig"],
    },
    "aws:codeconnections/connection:Connection": {
        source: "internal/service/codeconnections/connection.go",
        replaces: ["name", "providerType"],
    },
    "aws:codepipeline/pipeline:Pipeline": {
        source: "internal/service/codepipeline/codepipeline.go",
        replaces: ["name"],
        updates: ["artifactStores", "roleArn", "stages", "triggers"],
    },
    "aws:codestarnotifications/notificationRule:NotificationRule": {
        source: "internal/service/codestarnotifications/notification_rule.go",
        replaces: ["resource"],
        updates: ["eventTypeIds", "targets"],
    },
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
        source: "internal/service/ec2/vpc_default_security_group.go",
        replaces: ["vpcId"],
    },
    "aws:ec2/eip:Eip": { source: "internal/service/ec2/ec2_eip.go", replaces: ["domain"] },
    "aws:ec2/flowLog:FlowLog": {
        source: "internal/service/ec2/vpc_flow_log.go",
        replaces: ["iamRoleArn", "logDestination", "logDestinationType", "trafficType", "vpcId"],
    },
    "aws:ec2/internetGateway:InternetGateway": {
        source: "internal/service/ec2/vpc_internet_gateway.go",
        updates: ["vpcId"],
    },
    "aws:ec2/natGateway:NatGateway": {
        source: "internal/service/ec2/vpc_nat_gateway.go",
        replaces: ["allocationId", "connectivityType", "subnetId"],
    },
    "aws:ec2/route:Route": {
        source: "internal/service/ec2/vpc_route.go",
        replaces: ["destinationCidrBlock", "routeTableId"],
        updates: ["gatewayId", "natGatewayId"],
    },
    "aws:ec2/routeTable:RouteTable": { source: "internal/service/ec2/vpc_route_table.go", replaces: ["vpcId"] },
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {
        source: "internal/service/ec2/vpc_route_table_association.go",
        replaces: ["subnetId"],
        updates: ["routeTableId"],
    },
    "aws:ec2/securityGroup:SecurityGroup": {
        source: "internal/service/ec2/vpc_security_group.go",
        replaces: ["description", "name", "vpcId"],
    },
    "aws:ec2/subnet:Subnet": {
        source: "internal/service/ec2/vpc_subnet.go",
        replaces: ["availabilityZone", "cidrBlock", "vpcId"],
    },
    "aws:ec2/vpc:Vpc": { source: "internal/service/ec2/vpc_.go", replaces: ["cidrBlock"] },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        source: "internal/service/ec2/vpc_endpoint.go",
        replaces: ["serviceName", "vpcEndpointType", "vpcId"],
        updates: ["policy", "routeTableIds", "securityGroupIds", "subnetIds"],
    },
    "aws:iam/rolePolicy:RolePolicy": {
        source: "internal/service/iam/role_policy.go",
        replaces: ["name", "role"],
        updates: ["policy"],
    },
    "aws:kms/key:Key": {
        source: "internal/service/kms/key.go",
        replaces: ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion"],
        updates: ["deletionWindowInDays", "description", "enableKeyRotation", "policy"],
    },
    "aws:rds/cluster:Cluster": {
        source: "internal/service/rds/cluster.go",
        replaces: [
            "availabilityZones",
            "clusterIdentifier",
            "databaseName",
            "dbSubnetGroupName",
            "engine",
            "engineMode",
            "kmsKeyId",
            "masterUsername",
            "snapshotIdentifier",
            "storageEncrypted",
        ],
        ignoresWhenTakenOut: ["snapshotIdentifier"],
        updates: [
            "allowMajorVersionUpgrade",
            "applyImmediately",
            "backtrackWindow",
            "backupRetentionPeriod",
            "databaseInsightsMode",
            "dbClusterParameterGroupName",
            "dbInstanceParameterGroupName",
            "deleteAutomatedBackups",
            "deletionProtection",
            "enabledCloudwatchLogsExports",
            "engineVersion",
            "finalSnapshotIdentifier",
            "performanceInsightsKmsKeyId",
            "performanceInsightsRetentionPeriod",
            "port",
            "preferredBackupWindow",
            "preferredMaintenanceWindow",
            "serverlessv2ScalingConfiguration",
            "skipFinalSnapshot",
            "vpcSecurityGroupIds",
        ],
    },
    "aws:rds/clusterInstance:ClusterInstance": {
        source: "internal/service/rds/cluster_instance.go",
        replaces: ["availabilityZone", "clusterIdentifier", "dbSubnetGroupName", "engine", "identifier"],
        updates: [
            "applyImmediately",
            "dbParameterGroupName",
            "instanceClass",
            "monitoringRoleArn",
            "preferredMaintenanceWindow",
            "performanceInsightsKmsKeyId",
            "performanceInsightsRetentionPeriod",
        ],
    },
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": {
        source: "internal/service/rds/cluster_parameter_group.go",
        replaces: ["description", "family", "name"],
        updates: ["parameters"],
    },
    "aws:rds/eventSubscription:EventSubscription": {
        source: "internal/service/rds/event_subscription.go",
        replaces: ["name"],
        updates: ["eventCategories", "snsTopic", "sourceIds", "sourceType"],
    },
    "aws:rds/parameterGroup:ParameterGroup": {
        source: "internal/service/rds/parameter_group.go",
        replaces: ["description", "family", "name"],
        updates: ["parameters"],
    },
    "aws:rds/proxy:Proxy": {
        source: "internal/service/rds/proxy.go",
        replaces: ["endpointNetworkType", "engineFamily", "targetConnectionNetworkType", "vpcSubnetIds"],
        updates: ["auths", "idleClientTimeout", "name", "requireTls", "roleArn", "vpcSecurityGroupIds"],
    },
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": {
        source: "internal/service/rds/proxy_default_target_group.go",
        replaces: ["dbProxyName"],
        updates: ["connectionPoolConfig"],
    },
    "aws:rds/proxyTarget:ProxyTarget": {
        source: "internal/service/rds/proxy_target.go",
        replaces: ["dbClusterIdentifier", "dbInstanceIdentifier", "dbProxyName", "targetGroupName"],
    },
    "aws:rds/subnetGroup:SubnetGroup": {
        source: "internal/service/rds/subnet_group.go",
        replaces: ["name"],
        updates: ["description", "subnetIds"],
    },
    "aws:s3/bucket:Bucket": {
        source: "internal/service/s3/bucket.go",
        replaces: ["bucket", "bucketPrefix"],
        updates: ["forceDestroy"],
    },
    "aws:s3/bucketObjectv2:BucketObjectv2": {
        source: "internal/service/s3/object.go",
        replaces: ["bucket", "key"],
        updates: ["source"],
    },
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        source: "internal/service/s3/bucket_server_side_encryption_configuration.go",
        replaces: ["bucket"],
        updates: ["rules"],
    },
    "aws:secretsmanager/secret:Secret": {
        source: "internal/service/secretsmanager/secret.go",
        replaces: ["name", "namePrefix"],
        updates: ["description", "kmsKeyId", "recoveryWindowInDays"],
    },
    "aws:secretsmanager/secretRotation:SecretRotation": {
        source: "internal/service/secretsmanager/secret_rotation.go",
        replaces: ["secretId"],
        updates: ["rotationLambdaArn", "rotationRules"],
    },
    "aws:serverlessrepository/cloudFormationStack:CloudFormationStack": {
        source: "internal/service/serverlessrepo/cloudformation_stack.go",
        replaces: ["applicationId", "name"],
        updates: ["parameters", "semanticVersion"],
    },
    "aws:sns/topic:Topic": {
        source: "internal/service/sns/topic.go",
        replaces: ["name"],
        updates: ["kmsMasterKeyId"],
    },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
        source: "internal/service/ec2/vpc_security_group_ingress_rule.go",
        ...securityGroupRule,
    },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
        source: "internal/service/ec2/vpc_security_group_ingress_rule.go",
        ...securityGroupRule,
    },
    "random:index/randomId:RandomId": {
        source: "terraform-provider-random internal/provider/resource_id.go",
        replaces: ["byteLength", "keepers"],
    },
};
