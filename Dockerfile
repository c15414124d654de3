# docker build -t ue-aws-lambda . && docker run --rm ue-aws-lambda --version
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && mkdir /out && cp -r dist/*.cjs dist/lambda-runtime.mjs dist/embedded dist/THIRD-PARTY-NOTICES.txt /out/

# Node and nothing else: no shell, no package manager, and a user who is not root.
FROM gcr.io/distroless/nodejs22-debian12:nonroot
COPY --from=build /out/ /opt/ue-aws-lambda/
ENTRYPOINT ["/nodejs/bin/node", "/opt/ue-aws-lambda/main.cjs"]
CMD ["--help"]
