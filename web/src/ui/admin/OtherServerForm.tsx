/** Asks for the address of another server, whose account logs in here, or is linked to the reader's own. */
import type { FormEvent } from "react";
import { otherServerLink } from "~/api/login";
import { t } from "~/lib/strings";
import { Button } from "~/ui/Button";
import { TextField } from "~/ui/Field";

export function OtherServerForm({
  link = false,
  autoFocus = false,
}: {
  link?: boolean;
  autoFocus?: boolean;
}) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    location.assign(otherServerLink(String(new FormData(event.currentTarget).get("address")), link));
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField
        label={t.login.serverAddress}
        name="address"
        placeholder="https://films.example"
        autoComplete="url"
        autoCapitalize="none"
        spellCheck={false}
        inputMode="url"
        required
        autoFocus={autoFocus}
        data-testid="server-address"
      />
      <Button
        type="submit"
        size={link ? "md" : "lg"}
        look={link ? "soft" : "solid"}
        data-testid="server-submit"
      >
        {link ? t.settings.link : t.login.toServer}
      </Button>
    </form>
  );
}
