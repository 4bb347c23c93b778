# syntax=docker/dockerfile:1

# The web app.
FROM node:22-alpine AS web
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY config /src/config
COPY frontend ./
RUN npm run build

# The program, with the web app inside.
FROM golang:1.26-alpine AS program
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY cmd cmd
COPY config config
COPY deploy deploy
COPY internal internal
COPY frontend/embed.go frontend/pages.json frontend/
COPY --from=web /src/frontend/dist frontend/dist
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /chengqiao ./cmd/chengqiao

# What runs: the program alone, as a user without rights.
FROM alpine:3.22
RUN apk add --no-cache ca-certificates \
 && adduser -D -H -u 65532 chengqiao \
 && install -d -o chengqiao -g chengqiao /data /files
COPY --from=program /chengqiao /usr/local/bin/chengqiao
USER 65532:65532
ENV CHENGQIAO_DATA_DIR=/data \
    CHENGQIAO_SERVER__LISTEN=:8080
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["chengqiao"]
CMD ["serve"]
