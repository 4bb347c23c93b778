package blob

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3Options say where an S3-compatible storage is.
type S3Options struct {
	// Endpoint is the service's address without bucket or path:
	// "https://s3.cn-north-1.amazonaws.com.cn", "http://127.0.0.1:9000".
	Endpoint string
	Region   string
	Bucket   string
	// Prefix stands before every key, "chengqiao/"; it may be empty.
	Prefix               string
	AccessKey, SecretKey string
	// PathStyle asks for endpoint/bucket/key instead of bucket.endpoint/key.
	PathStyle bool
	// Transport is nil for the default.
	Transport http.RoundTripper
}

// S3 keeps files in S3-compatible storage.
type S3 struct {
	client         *minio.Client
	bucket, prefix string
}

var _ Bucket = (*S3)(nil)

// attempts is how often a request is made before the storage counts as away:
// a person is waiting.
const attempts = 3

// OpenS3 asks the storage nothing yet; Check does.
func OpenS3(options S3Options) (*S3, error) {
	endpoint, err := url.Parse(options.Endpoint)
	if err != nil || endpoint.Host == "" || (endpoint.Scheme != "http" && endpoint.Scheme != "https") || strings.Trim(endpoint.Path, "/") != "" {
		return nil, fmt.Errorf("not an address of the form https://host: %q", options.Endpoint)
	}
	lookup := minio.BucketLookupAuto
	if options.PathStyle {
		lookup = minio.BucketLookupPath
	}
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds:        credentials.NewStaticV4(options.AccessKey, options.SecretKey, ""),
		Secure:       endpoint.Scheme == "https",
		Region:       options.Region,
		BucketLookup: lookup,
		Transport:    options.Transport,
		MaxRetries:   attempts,
	})
	if err != nil {
		return nil, err
	}
	return &S3{client: client, bucket: options.Bucket, prefix: options.Prefix}, nil
}

// Put implements Bucket. One request, so that no half of a file can stay behind.
func (s *S3) Put(ctx context.Context, spooled *os.File, info Info) error {
	_, err := s.client.PutObject(ctx, s.bucket, s.prefix+info.Key, spooled, info.Size, minio.PutObjectOptions{
		ContentType:      info.ContentType,
		UserMetadata:     map[string]string{"sha256": info.SHA256},
		DisableMultipart: true,
	})
	if err != nil {
		return unavailable(ctx, err)
	}
	return nil
}

// Open implements Bucket.
func (s *S3) Open(ctx context.Context, key string) (File, error) {
	object, err := s.client.GetObject(ctx, s.bucket, s.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	info, err := object.Stat() // the first request; GetObject makes none
	if err != nil {
		_ = object.Close()
		if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
			return nil, ErrNotFound
		}
		return nil, unavailable(ctx, err)
	}
	return sized{object, info.Size}, nil
}

// Delete implements Bucket.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := s.client.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{}); err != nil {
		return unavailable(ctx, err)
	}
	return nil
}

// Check implements Bucket: the bucket is there and the keys are right.
func (s *S3) Check(ctx context.Context) error {
	found, err := s.client.BucketExists(ctx, s.bucket)
	if err == nil && !found {
		err = fmt.Errorf("there is no bucket %q", s.bucket)
	}
	if err != nil {
		return unavailable(ctx, err)
	}
	return nil
}
