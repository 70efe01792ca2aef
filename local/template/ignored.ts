/**
 * Resource types that the local cloud knows and does not run, each with the reason. A type that is neither here nor read
 * stops the start with its name.
 */
export const IGNORED_TYPES: Record<string, string> = {
  'AWS::ApiGatewayV2::ApiMapping': 'the API has its local address only',
  'AWS::ApiGatewayV2::DomainName': 'the API has its local address only',
  'AWS::CDK::Metadata': 'tells AWS which constructs were used',
  'AWS::CloudWatch::Alarm': 'nobody is paged by a laptop',
  'AWS::CloudWatch::Dashboard': 'there are no metrics to draw',
  'AWS::EC2::EIP': 'there is no way out to have an address',
  'AWS::EC2::FlowLog': 'there is no network to log',
  'AWS::EC2::InternetGateway': 'tasks have loopback addresses, which reach each other without routes',
  'AWS::EC2::NatGateway': 'tasks have loopback addresses, which reach each other without routes',
  'AWS::EC2::NetworkAcl': 'loopback traffic passes no access list',
  'AWS::EC2::NetworkAclEntry': 'loopback traffic passes no access list',
  'AWS::EC2::Route': 'tasks have loopback addresses, which reach each other without routes',
  'AWS::EC2::RouteTable': 'tasks have loopback addresses, which reach each other without routes',
  'AWS::EC2::SecurityGroupEgress': 'rules are kept for groups made by the product, and loopback traffic passes no filter',
  'AWS::EC2::SecurityGroupIngress': 'rules are kept for groups made by the product, and loopback traffic passes no filter',
  'AWS::EC2::SubnetNetworkAclAssociation': 'loopback traffic passes no access list',
  'AWS::EC2::SubnetRouteTableAssociation': 'tasks have loopback addresses, which reach each other without routes',
  'AWS::EC2::TransitGatewayAttachment': 'clients are on this machine',
  'AWS::EC2::VPCEndpoint': 'functions reach the local endpoint directly',
  'AWS::EC2::VPCGatewayAttachment': 'tasks have loopback addresses, which reach each other without routes',
  'AWS::EC2::VPCPeeringConnection': 'clients are on this machine',
  'AWS::IAM::InstanceProfile': 'nothing on a host calls AWS here',
  'AWS::KMS::Alias': 'nothing local is encrypted at rest',
  'AWS::KMS::Key': 'nothing local is encrypted at rest',
  'AWS::Lambda::Permission': 'invocation by a service is wired from the routes, rules and mappings themselves',
  'AWS::Logs::LogGroup': 'lines go to the sink that the local cloud was started with',
  'AWS::Route53::RecordSet': 'names of the outside: nobody outside asks for the local API',
  'AWS::SNS::Subscription': 'nobody is paged by a laptop',
  'AWS::SNS::Topic': 'nobody is paged by a laptop',
  'AWS::SNS::TopicPolicy': 'nobody is paged by a laptop',
  'AWS::SQS::QueuePolicy':
    'a queue is open to the roles that the template allows it; policies of its own refuse them what is not encrypted',
}
