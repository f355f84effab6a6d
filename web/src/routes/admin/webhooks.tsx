/** The webhooks of administrators, which tell of everybody and of the library. */
import { isAdmin } from "~/api/users";
import { Allowed } from "~/ui/Allowed";
import { WebhookCards } from "~/ui/account/Webhooks";

export function AdminWebhooks() {
  return (
    <Allowed who={isAdmin}>
      <WebhookCards owner="server" />
    </Allowed>
  );
}
