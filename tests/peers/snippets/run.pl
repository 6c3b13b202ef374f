# Runs snippets in Perl: each sets its cookie, and reads that of Keyjar. See ../snippets.rs.
use Mojo::Base -strict, -signatures;
use Mojo::JSON qw(decode_json encode_json);
use Test::Mojo;

sub run ($job, $file) {
  local %ENV = (%ENV, %{$job->{env}}, MOJO_LOG_LEVEL => 'fatal');
  return {missing => 'CryptX'} if $job->{code} =~ /encrypted/ && !eval { require CryptX; 1 };
  my $t = Test::Mojo->new(Mojo::Server->new->load_app($file));
  my $tx = $t->ua->get('/' => {Cookie => $job->{cookie}});
  die $tx->res->body if $tx->res->code != 200;
  return {before => $tx->res->json->{before}, set => [map {"$_"} @{$tx->res->cookies}]};
}

my @results;
for my $job (@{decode_json(join '', <STDIN>)}) {
  my $file = "$job->{folder}/" . @results . '.pl';
  Mojo::File->new($file)->spew($job->{code});
  push @results, eval { run($job, $file) } // {error => "$@"};
}
print encode_json(\@results);
