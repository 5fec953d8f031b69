use strict;
use warnings;
use Encode;
use JSON::MaybeXS;
use Net::Facebook::Oauth2;

my ($call, $psid, $value) = map { decode("UTF-8", $_) } @ARGV;
my $facebook = Net::Facebook::Oauth2->new(access_token => $ENV{PAGE_TOKEN});
my $edge = $call eq 'send' ? 'messages' : 'pass_thread_control';
my %params = (recipient => encode_json({ id => $psid }));
if ($call eq 'send') { $params{message} = encode_json({ text => $value }) }
else { $params{target_app_id} = $value }
my $answer = $facebook->post("https://graph.facebook.com/v4.0/me/$edge", \%params)->as_hash;
die encode_json($answer) if $answer->{error};
