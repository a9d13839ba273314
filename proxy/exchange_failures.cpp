#include "proxy/exchange_failures.hpp"

namespace proxy {

Failure explain_missing_answer(HeadError error) {
  switch (error) {
    case HeadError::lost:
    case HeadError::ended:
      return {errc::upstream_closed, "before an answer came"};
    case HeadError::cut:
      return {errc::upstream_closed, "in the midst of the answer's head"};
    case HeadError::idle:
    case HeadError::slow:
      return {errc::upstream_timeout, "no answer within the limit of NVCF_RESPONSE_TIMEOUT"};
    case HeadError::too_large:
      return {errc::upstream_malformed, "the answer's head is too large"};
    case HeadError::malformed:
      return {errc::upstream_malformed, "line ends in the answer's head"};
    case HeadError::aborted:
      break;
  }
  return {errc::draining, "the proxy stopped before an answer came"};
}

Failure explain_cut_answer(BodyError error) {
  switch (error) {
    case BodyError::from_slow:
      return {errc::upstream_timeout, "within the answer's body"};
    case BodyError::from_malformed:
      return {errc::upstream_malformed, "the framing of the answer's body"};
    case BodyError::to_lost:
    case BodyError::to_stalled:
      return {errc::client_gone, "within the answer's body"};
    case BodyError::none:
    case BodyError::from_ended:
    case BodyError::aborted:
      break;
  }
  return {errc::upstream_closed, "within the answer's body"};
}

}  // namespace proxy
