package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3response"
)

var buckets = []declared{
	{Name: proof, Owner: keeperUser, Lock: &lock{}},
	{Name: "evidence", Owner: "court", Readers: []string{"auditor"}, Lock: &lock{types.ObjectLockRetentionModeCompliance, 7}},
	{Name: "footage", Owner: "camera", Expire: 30},
}

// scene is a store that runs, with its keeper after a first pass.
type scene struct {
	*testing.T
	*keeper
	passwords, server string
	authority         []byte
}

// begin runs the store: one in a process at a time, as the library wants it.
func begin(t *testing.T) scene {
	passwords, certificates, volume := t.TempDir(), t.TempDir(), t.TempDir()
	for _, name := range []string{keeperUser, "court", "auditor", "camera"} {
		write(t, filepath.Join(passwords, name), []byte(name+"-secret"))
	}
	authority := certify(t, certificates)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := listener.Addr().String()
	must(t, listener.Close())
	asked, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- serve(asked, volume, address, passwords, certificates) }()
	t.Cleanup(func() {
		stop()
		must(t, <-ended)
	})
	text, err := json.Marshal(plan{"https://" + address, buckets})
	must(t, err)
	file := filepath.Join(t.TempDir(), "buckets.json")
	write(t, file, text)
	keeper, err := newKeeper(file, passwords, certificates)
	must(t, err)
	for end := time.Now().Add(patience); len(keeper.Lacks()) > 0 && time.Now().Before(end); {
		keeper.Pass(asked)
		time.Sleep(50 * time.Millisecond)
	}
	if len(keeper.Lacks()) > 0 {
		t.Fatal(keeper.Lacks())
	}
	return scene{t, keeper, passwords, "https://" + address, authority}
}

func (s scene) as(account string) *s3.Client {
	return connected(s.server, account, s.passwords, s.authority)
}

// put writes an object and returns its version.
func (s scene) put(account, bucket, name, text string) *string {
	s.Helper()
	answer, err := s.as(account).PutObject(s.Context(), &s3.PutObjectInput{
		Bucket: &bucket, Key: &name, Body: bytes.NewReader([]byte(text)),
	})
	must(s.T, err)
	return answer.VersionId
}

func (s scene) text(account, bucket, name string, version *string) (string, error) {
	answer, err := s.as(account).GetObject(s.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &name, VersionId: version})
	if err != nil {
		return "", err
	}
	found, err := io.ReadAll(answer.Body)
	return string(found), err
}

func (s scene) remove(account, bucket, name string, version *string) error {
	_, err := s.as(account).DeleteObject(s.Context(), &s3.DeleteObjectInput{
		Bucket: &bucket, Key: &name, VersionId: version, BypassGovernanceRetention: aws.Bool(true),
	})
	return err
}

func TestWhatIsLockedStays(t *testing.T) {
	s := begin(t)
	version := s.put("court", "evidence", "a", "as it was")

	for _, account := range []string{"court", keeperUser} {
		refused(t, s.remove(account, "evidence", "a", version))
		_, err := s.as(account).PutObjectRetention(t.Context(), &s3.PutObjectRetentionInput{
			Bucket: aws.String("evidence"), Key: aws.String("a"), VersionId: version,
			BypassGovernanceRetention: aws.Bool(true),
			Retention: &types.ObjectLockRetention{
				Mode: types.ObjectLockRetentionModeGovernance, RetainUntilDate: aws.Time(time.Now().Add(time.Hour)),
			},
		})
		refused(t, err)
	}
	s.put("court", "evidence", "a", "as somebody would like it")
	must(t, s.remove("court", "evidence", "a", nil))

	if text, err := s.text("court", "evidence", "a", version); text != "as it was" {
		t.Errorf("%q, %v", text, err)
	}
}

// unread is a backend of which no bucket's lock can be read.
type unread struct {
	backend.BackendUnsupported
	written bool
}

func (u *unread) GetObjectLockConfiguration(context.Context, string) ([]byte, error) {
	return nil, fs.ErrPermission
}

func (u *unread) PutObject(context.Context, s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	u.written = true
	return s3response.PutObjectOutput{}, nil
}

func TestNothingIsWrittenWhereTheLockCannotBeRead(t *testing.T) {
	below := &unread{}
	_, err := locked{below}.PutObject(t.Context(), s3response.PutObjectInput{Bucket: aws.String("evidence")})
	if !errors.Is(err, fs.ErrPermission) || below.written {
		t.Fatal(err, below.written)
	}
}

func TestNobodyAsksForLessThanTheBucketsLock(t *testing.T) {
	s := begin(t)
	bucket, soon := aws.String("evidence"), aws.Time(time.Now().Add(time.Minute))
	for name, write := range map[string]func() (*string, error){
		"put": func() (*string, error) {
			answer, err := s.as("court").PutObject(t.Context(), &s3.PutObjectInput{
				Bucket: bucket, Key: aws.String("put"), Body: bytes.NewReader([]byte("text")),
				ObjectLockMode: types.ObjectLockModeGovernance, ObjectLockRetainUntilDate: soon,
			})
			return answer.VersionId, err
		},
		"copied": func() (*string, error) {
			s.put("court", "evidence", "a", "text")
			answer, err := s.as("court").CopyObject(t.Context(), &s3.CopyObjectInput{
				Bucket: bucket, Key: aws.String("copied"), CopySource: aws.String("evidence/a"),
			})
			return answer.VersionId, err
		},
		"parts": func() (*string, error) { return s.inParts("evidence", "parts") },
	} {
		version, err := write()
		must(t, err)
		kept, err := s.as("court").GetObjectRetention(t.Context(), &s3.GetObjectRetentionInput{
			Bucket: bucket, Key: &name, VersionId: version,
		})
		must(t, err)
		due := time.Now().AddDate(0, 0, 7).Add(-time.Minute)
		if kept.Retention.Mode != types.ObjectLockRetentionModeCompliance || kept.Retention.RetainUntilDate.Before(due) {
			t.Errorf("%s: %s until %v", name, kept.Retention.Mode, kept.Retention.RetainUntilDate)
		}
	}
}

// inParts uploads an object of one part, and returns its version.
func (s scene) inParts(bucket, name string) (*string, error) {
	court := s.as("court")
	begun, err := court.CreateMultipartUpload(s.Context(), &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: &name})
	must(s.T, err)
	part, err := court.UploadPart(s.Context(), &s3.UploadPartInput{
		Bucket: &bucket, Key: &name, UploadId: begun.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader([]byte("text")),
	})
	must(s.T, err)
	answer, err := court.CompleteMultipartUpload(s.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: &bucket, Key: &name, UploadId: begun.UploadId, MultipartUpload: &types.CompletedMultipartUpload{
			Parts: []types.CompletedPart{{ETag: part.ETag, PartNumber: aws.Int32(1)}},
		},
	})
	return answer.VersionId, err
}

func TestOwnersCannotChangeWhatTheirBucketIs(t *testing.T) {
	s := begin(t)
	name := aws.String("evidence")

	_, err := s.as("court").PutObjectLockConfiguration(t.Context(), &s3.PutObjectLockConfigurationInput{
		Bucket: name, ObjectLockConfiguration: &types.ObjectLockConfiguration{ObjectLockEnabled: types.ObjectLockEnabledEnabled},
	})
	refused(t, err)
	_, err = s.as("court").DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: name})
	refused(t, err)
	_, err = s.as("court").DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: name})
	refused(t, err)
	_, err = s.as("court").CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("another")})
	refused(t, err)
}

func TestEachComesToWhatIsItsOwn(t *testing.T) {
	s := begin(t)
	s.put("court", "evidence", "a", "seen")

	if text, err := s.text("auditor", "evidence", "a", nil); text != "seen" {
		t.Errorf("%q, %v", text, err)
	}
	_, err := s.as("auditor").PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("evidence"), Key: aws.String("b")})
	refused(t, err)
	refused(t, s.remove("auditor", "evidence", "a", nil))
	_, err = s.text("camera", "evidence", "a", nil)
	refused(t, err)
	_, err = s.as("camera").ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("evidence")})
	refused(t, err)
	write(t, filepath.Join(s.passwords, "stranger"), []byte("of another store"))
	stranger := s.as("stranger")
	must(t, os.Remove(filepath.Join(s.passwords, "stranger")))
	if _, err = stranger.ListBuckets(t.Context(), nil); err == nil {
		t.Error("a stranger came in")
	}
}

func TestAnotherKeyCountsAtOnce(t *testing.T) {
	s := begin(t)
	write(t, filepath.Join(s.passwords, "camera"), []byte("the next one"))

	s.put("camera", "footage", "a", "with the next one")
}

func TestWhatExpiresGoesAndWhatIsLockedStays(t *testing.T) {
	s := begin(t)
	locked := s.put("court", "evidence", "a", "locked")
	s.put("camera", "footage", "a", "old")
	tomorrow := time.Now().AddDate(0, 0, 1)

	must(t, s.sweep(t.Context(), tomorrow))
	if text, err := s.text("camera", "footage", "a", nil); text != "old" {
		t.Fatalf("%q, %v", text, err)
	}
	must(t, s.sweep(t.Context(), tomorrow.AddDate(0, 0, 30)))
	if _, err := s.text("camera", "footage", "a", nil); err == nil {
		t.Error("it has expired")
	}
	gone, err := s.expire(t.Context(), "evidence", tomorrow)
	if text, _ := s.text("court", "evidence", "a", locked); gone != 0 || err != nil || text != "locked" {
		t.Errorf("%d gone, %v, %q", gone, err, text)
	}
}

func TestProofs(t *testing.T) {
	s := begin(t)
	for _, one := range []struct {
		said string
		what []string
	}{
		{"there", []string{"bucket", "evidence"}},
		{"there", []string{"bucket", "footage"}},
		{"kept", []string{"object"}},
		{"held", []string{"lock"}},
		{"held", []string{"lock"}},
	} {
		if said, err := s.prove(t.Context(), one.what); said != one.said || err != nil {
			t.Errorf("%v: %q, %v", one.what, said, err)
		}
	}

	if _, err := s.prove(t.Context(), []string{"bucket", "another"}); err == nil {
		t.Error("it is not declared")
	}
	s.plan.Buckets[1].Lock.Days = 8
	defer func() { s.plan.Buckets[1].Lock.Days = 7 }()
	if _, err := s.prove(t.Context(), []string{"bucket", "evidence"}); err == nil {
		t.Error("its lock is another one")
	}
}

func refused(t *testing.T, err error) {
	t.Helper()
	var told smithy.APIError
	if !errors.As(err, &told) || told.ErrorCode() != "AccessDenied" {
		t.Errorf("not refused: %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	must(t, os.WriteFile(path, text, 0o600))
}

// certify lays a certificate for 127.0.0.1 into the directory, and returns it.
func certify(t *testing.T, directory string) []byte {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "objects"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	made, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made})
	for _, name := range []string{"tls.crt", "ca.crt"} {
		write(t, filepath.Join(directory, name), certificate)
	}
	write(t, filepath.Join(directory, "tls.key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	return certificate
}
