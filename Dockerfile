# syntax=docker/dockerfile:1
# One image for every bot; BotRole says which one a container is. Dependabot moves the digest on.
FROM node:24-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional

FROM node:24-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6
ENV NODE_ENV=production
ENV StorePath=/data/bot.db
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json index.ts server.ts ./
COPY adapters adapters
COPY bots bots
COPY commands commands
COPY helpers helpers
COPY metrics metrics
COPY models models
COPY store store
COPY turns turns
# A folder of your own, such as dialogs, is copied in the same way; .dockerignore has to let it through as well.
# What only building needs.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-*
# The store's place, and the only one that the bot writes to.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 3978
HEALTHCHECK --interval=30s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT ?? process.env.Port ?? 3978) + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "index.ts"]
