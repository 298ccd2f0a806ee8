package main

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3response"
	"golang.org/x/sys/unix"
)

// durable is a backend that answers once the disk has what it says is kept: the one below leaves
// that to the kernel, which takes half a minute.
type durable struct {
	backend.Backend
	disk *os.File
}

func (d durable) kept(err error) error {
	if err != nil {
		return err
	}
	return unix.Syncfs(int(d.disk.Fd()))
}

func (d durable) CreateBucket(limit context.Context, asked *s3.CreateBucketInput, acl []byte) error {
	return d.kept(d.Backend.CreateBucket(limit, asked, acl))
}

func (d durable) PutObject(limit context.Context, asked s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	answer, err := d.Backend.PutObject(limit, asked)
	return answer, d.kept(err)
}

func (d durable) CompleteMultipartUpload(limit context.Context, asked *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	answer, version, err := d.Backend.CompleteMultipartUpload(limit, asked)
	return answer, version, d.kept(err)
}

func (d durable) CopyObject(limit context.Context, asked s3response.CopyObjectInput) (s3response.CopyObjectOutput, error) {
	answer, err := d.Backend.CopyObject(limit, asked)
	return answer, d.kept(err)
}

func (d durable) PutObjectLockConfiguration(limit context.Context, bucket string, lock []byte) error {
	return d.kept(d.Backend.PutObjectLockConfiguration(limit, bucket, lock))
}

func (d durable) PutObjectRetention(limit context.Context, bucket, object, version string, retention []byte) error {
	return d.kept(d.Backend.PutObjectRetention(limit, bucket, object, version, retention))
}

func (d durable) PutObjectLegalHold(limit context.Context, bucket, object, version string, held bool) error {
	return d.kept(d.Backend.PutObjectLegalHold(limit, bucket, object, version, held))
}
