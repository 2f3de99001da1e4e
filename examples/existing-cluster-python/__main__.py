import pulumi
import pulumi_aurora_pipeline as aurora

orders = aurora.DatabaseDelivery(
    "orders",
    cluster_identifier="orders",
    network={"vpc_id": "vpc-0123456789abcdef0", "private_subnet_ids": ["subnet-0123456789abcdef0"]},
    source={"provider": "GitHub", "repository": "my-org/my-repository"},
)
pulumi.export("pipeline", orders.console_url)
