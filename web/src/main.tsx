/** Starts the application. */
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { keepInCookie } from "./api/login";
import { queryClient } from "./api/queries";
import { adoptOldSession } from "./api/session";
import { sendKept } from "./player/reports";
import { router } from "./router";
import "./styles.css";

await adoptOldSession(keepInCookie).catch(() => null);
void sendKept();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
